/** What a broker says of who may connect, by the codes of MQTT 3.1.1 and of 5; undefined where it is something else. */
export function accessRefused(code: number): string | undefined {
  if (WRONG_CREDENTIALS.has(code))
    return 'refuses the credentials: mqtt://user:password@host, or TICKCAST_MQTT_USER and TICKCAST_MQTT_PASSWORD'
  return code === 3 || code === 136 ? 'is there, and takes no connections at the moment' : undefined
}

const WRONG_CREDENTIALS: ReadonlySet<number> = new Set([4, 5, 134, 135, 138])

/** In words, what keeps a broker from being reached. */
export function unreachableReason(error: Error): string {
  const code = 'code' in error ? String(error.code) : ''
  return REASONS[code] ?? (error.message || code || 'the connection was cut')
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no host of that name',
  EAI_AGAIN: 'no host of that name',
  EHOSTUNREACH: 'no route to that host',
  ENETUNREACH: 'no route to that host',
  ETIMEDOUT: 'no answer',
  ECONNRESET: 'the connection was cut',
  EPROTO: 'it does not speak TLS there',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is of nobody we know: NODE_EXTRA_CA_CERTS=FILE names who',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is of nobody we know: NODE_EXTRA_CA_CERTS=FILE names who',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is of nobody we know: NODE_EXTRA_CA_CERTS=FILE names who',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is of nobody we know: NODE_EXTRA_CA_CERTS=FILE names who',
}
