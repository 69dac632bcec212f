import {
  integer,
  optionalChoice,
  optionalFlag,
  optionalText,
  requiredText,
  secret,
  text,
} from '../option.ts';

const chain = 'the default AWS chain';

export const S3_OPTIONS = {
  bucket: requiredText({ description: 'The bucket that is watched, and that holds archive and file lists.' }),
  prefix: text({
    default: '',
    pattern: /^$|^[^/\0][^\0]*\/$/s,
    type: 'empty, or text that ends in `/`',
    description: 'Only keys below this prefix are watched, e.g. `incoming/`.',
  }),
  region: optionalText({
    otherwise: '`AWS_REGION`, or `us-east-1`',
    description: 'The region of the bucket.',
  }),
  endpoint: optionalText({
    otherwise: 'AWS',
    description: 'The url of an S3-compatible store, e.g. `http://localhost:7070`.',
  }),
  forcePathStyle: optionalFlag({
    otherwise: '`true` with an endpoint, else `false`',
    description: 'The bucket stands in the path of the url, not in its host.',
  }),
  accessKeyId: optionalText({ otherwise: chain, description: 'Access key; goes with secretAccessKey.' }),
  secretAccessKey: secret({ otherwise: chain, description: 'Secret key; goes with accessKeyId.' }),
  sessionToken: secret({ otherwise: 'none', description: 'Session token of temporary keys.' }),
  serverSideEncryption: optionalChoice({
    of: ['AES256', 'aws:kms'],
    otherwise: "the bucket's own setting",
    description: 'Encryption asked for when dopplershift writes an object.',
  }),
  connectTimeoutMs: integer({
    min: 1,
    max: 600_000,
    default: 3_000,
    description: 'How long a connection may take.',
  }),
  requestTimeoutMs: integer({
    min: 1,
    max: 3_600_000,
    default: 20_000,
    description: 'How long an answer may take to begin.',
  }),
  stallTimeoutMs: integer({
    min: 1,
    max: 3_600_000,
    default: 30_000,
    description: 'How long a body that is read may send nothing.',
  }),
  attemptsMax: integer({
    min: 1,
    max: 20,
    default: 3,
    description: 'Tries of one request; the longer patience is that of the services.',
  }),
  socketsMax: integer({ min: 1, max: 10_000, default: 64, description: 'Connections for short requests.' }),
  streamsMax: integer({
    min: 1,
    max: 10_000,
    default: 128,
    description: 'Connections for files being read.',
  }),
};
