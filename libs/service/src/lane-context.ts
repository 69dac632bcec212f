import { BaseRpcContext } from '@nestjs/microservices';
import type { LaneMessage, LaneTry } from '#kafka';

/** What `@Ctx()` gives a controller: the message as it came, and the try it is in. */
export class LaneContext extends BaseRpcContext<[LaneMessage, LaneTry]> {
  constructor(message: LaneMessage, lane: LaneTry) {
    super([message, lane]);
  }

  get message(): LaneMessage {
    return this.args[0];
  }

  get lane(): LaneTry {
    return this.args[1];
  }
}
