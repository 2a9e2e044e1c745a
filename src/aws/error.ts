/**
 * A client's mistake, as AWS words it: thrown by an operation or a step, written to the wire by the protocol. `code` is
 * the error's name in the service's model (or one of the common ones), `members` what its shape holds besides message.
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  /** HTTP status; where absent the model's own status for the code, or 400. */
  readonly status: number | undefined;
  readonly members: Readonly<Record<string, unknown>>;
  /** The id of the request that was answered with it, where this is the caller's side. */
  readonly requestId: string | undefined;

  constructor(
    code: string,
    message: string,
    options: {
      readonly status?: number;
      readonly members?: Readonly<Record<string, unknown>>;
      readonly requestId?: string | undefined;
    } = {},
  ) {
    super(message);
    this.code = code;
    this.status = options.status;
    this.members = options.members ?? {};
    this.requestId = options.requestId;
  }
}
