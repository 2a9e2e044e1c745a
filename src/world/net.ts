export interface Net {
  listen(address: ListenAddress, handler: HttpHandler): Promise<Listener>;
  /**
   * Passes the bytes of every connection to the host and port of `url` and back, through TLS where it is an https one. A
   * client may speak TLS too: the certificate it is shown is one that nobody has signed.
   */
  forward(address: ListenAddress, url: string): Promise<Listener>;
  /** One HTTP exchange over kept-alive connections. Rejects with NetError when no answer came. */
  request(request: OutgoingRequest): Promise<HttpAnswer>;
  /** Opens a websocket. Rejects with SocketRefused when the server answered with something else than 101. */
  openSocket(request: { readonly url: string; readonly headers: Headers }): Promise<Socket>;
}

export interface ListenAddress {
  readonly host: string;
  /** 0 lets the system choose; the listener tells which. */
  readonly port: number;
}

export interface Listener {
  readonly port: number;
  /** Stops accepting, lets running exchanges end, closes sockets with code 1001. */
  close(): Promise<void>;
}

/** Name and value in the order received; names keep their case, repeats stay separate (SigV4 needs both). */
export type RawHeaders = readonly (readonly [name: string, value: string])[];
export type Headers = Readonly<Record<string, string>>;

export interface HttpRequest {
  readonly method: string;
  /** The request target exactly as received: path and query, undecoded. */
  readonly target: string;
  readonly headers: RawHeaders;
  readonly remoteAddress: string;
  readonly body: HttpBody;
}

export interface HttpBody {
  /** The whole body, or undefined when it is longer than `limit` (the rest is then not read). */
  read(limit: number): Promise<Uint8Array | undefined>;
  stream(): AsyncIterable<Uint8Array>;
  /**
   * The same for much data, in parts of half a MiB: one is gone as soon as the next is asked for. What came before the
   * client left is given before the iteration throws. Absent where nothing is won by it.
   */
  lend?(): AsyncIterable<Uint8Array>;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  /** A stream is sent chunk by chunk and ends when the iteration does; it is returned early when the client leaves. */
  readonly body: Uint8Array | string | AsyncIterable<Uint8Array>;
}

export interface HttpHandler {
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Answers a websocket upgrade: a response refuses, a function accepts and is given the open socket. */
  upgrade(request: HttpRequest): Promise<HttpResponse | ((socket: Socket) => void)>;
}

export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body?: Uint8Array | string;
  readonly timeoutMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** One websocket. Messages that come before `onMessage` is set wait for it. Pings are answered below this port. */
export interface Socket {
  send(message: string | Uint8Array): void;
  /** Bytes accepted by send and not yet given to the network. */
  readonly bufferedBytes: number;
  onMessage(listener: (message: string | Uint8Array) => void): void;
  onClose(listener: (code: number, reason: string) => void): void;
  close(code?: number, reason?: string): void;
}

/** No answer came: refused, reset, timed out, name unknown. Of `listen` and `forward`: the address cannot be had. */
export class NetError extends Error {
  override readonly name = 'NetError';
  /** The system's name of what failed where it has one, such as EADDRINUSE. */
  readonly code: string | undefined;
  constructor(message: string, options: { readonly cause?: unknown; readonly code?: string } = {}) {
    super(message, options);
    this.code = options.code;
  }
}

/** The server answered a websocket upgrade with an ordinary response. */
export class SocketRefused extends Error {
  override readonly name = 'SocketRefused';
  readonly status: number;
  readonly body: string;
  constructor(status: number, body: string) {
    super(`websocket refused with HTTP ${status}: ${body.slice(0, 300)}`);
    this.status = status;
    this.body = body;
  }
}
