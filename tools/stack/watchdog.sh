#!/bin/sh
# Ends the servers of a stack when the process that started them is gone, however it went: standard input is a
# pipe that only that process holds, so its end is the end of that process.
#   lines:  + SIGNAL PID     end this process, politely with SIGNAL
#           - SIGNAL PID     it has ended by itself
#   $1:     a directory to remove afterwards (may be empty)
guarded=""
while read -r what signal pid; do
  if [ "$what" = "+" ]; then
    guarded="$guarded $signal:$pid"
  else
    rest=""
    for one in $guarded; do [ "$one" = "$signal:$pid" ] || rest="$rest $one"; done
    guarded="$rest"
  fi
done
[ -n "$guarded" ] || exit 0
for one in $guarded; do kill -CONT "${one#*:}" 2>/dev/null; kill "-${one%%:*}" "${one#*:}" 2>/dev/null; done
tries=0
while [ "$tries" -lt 50 ]; do
  alive=""
  for one in $guarded; do kill -0 "${one#*:}" 2>/dev/null && alive=yes; done
  [ -n "$alive" ] || break
  sleep 0.1
  tries=$((tries + 1))
done
for one in $guarded; do kill -KILL "${one#*:}" 2>/dev/null; done
[ -z "$1" ] || rm -rf "$1"
