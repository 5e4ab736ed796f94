/** Where the WebSocket is. */
export const STREAM_PATH = '/v1/stream'

/** Subprotocol that names the protocol; a server that is offered it answers with it. */
export const SUBPROTOCOL = 'tickcast.v1'

/** A browser can set no header on a WebSocket: the token travels as a subprotocol of this prefix and its base64url. */
export const TOKEN_SUBPROTOCOL = 'bearer.'
