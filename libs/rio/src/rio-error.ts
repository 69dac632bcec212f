/** What a pipe refuses or cannot do. `code` is the name of the class, for those who compare no classes. */
export abstract class RioError extends Error {
  abstract readonly code: string;

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
  }
}

/** Options without which, or with which together, there is no pipe. */
export class IncompleteArgs extends RioError {
  readonly code = 'IncompleteArgs';
}

/** The destination is described, and wrongly. */
export class InvalidConfig extends RioError {
  readonly code = 'InvalidConfig';
}

/**
 * The destination is not described well enough to be sent to: columns or data timestamp column are missing.
 */
export class IncompleteDestinationConfig extends RioError {
  readonly code = 'IncompleteDestinationConfig';
}

/** What was packed is no JSON object. The row is not part of the message. */
export class InvalidJSONInput extends RioError {
  readonly code = 'InvalidJSONInput';
}

export class PipeIsSealed extends RioError {
  readonly code = 'PipeIsSealed';

  constructor() {
    super('the pipe is sealed; unseal() opens it again');
  }
}

export class PipeIsClosed extends RioError {
  readonly code = 'PipeIsClosed';

  constructor() {
    super('the pipe is closed for good');
  }
}

export class SendingInProgress extends RioError {
  readonly code = 'SendingInProgress';

  constructor() {
    super('a send is in progress; wait for it before anything else');
  }
}

export class PackageNotSealed extends RioError {
  readonly code = 'PackageNotSealed';

  constructor() {
    super('a manifest names all parts; seal() first');
  }
}

export class InvalidManifestKey extends RioError {
  readonly code = 'InvalidManifestKey';

  constructor() {
    super("a manifest's key is relative to the bucket, without s3:// and bucket");
  }
}

export class NoJobEndpoint extends RioError {
  readonly code = 'NoJobEndpoint';

  constructor() {
    super('send() posts a job; give jobEndpoint, or use createAndUploadCustomManifest()');
  }
}

/** More calls wait for an upload than anybody can have meant to. */
export class TooManyWaiting extends RioError {
  readonly code = 'TooManyWaiting';
}

/** S3 did not take an object; the cause says why. Nothing is lost: the next flush takes the same rows. */
export class UploadFailed extends RioError {
  readonly code = 'UploadFailed';
}

/** The job endpoint did not accept the job, or did not answer. */
export class JobNotAccepted extends RioError {
  readonly code = 'JobNotAccepted';
  /** of the answer; absent when there was none */
  readonly status?: number;
  /** of the answer, its beginning */
  readonly body?: string;

  constructor(
    message: string,
    answer: { readonly status?: number; readonly body?: string; readonly cause?: unknown },
  ) {
    super(message, answer.cause);
    if (answer.status !== undefined) this.status = answer.status;
    if (answer.body !== undefined) this.body = answer.body;
  }
}
