/** What travels on the bus; `MessageOf` has the message of each. */
export const TOPICS = [
  'station',
  'tick',
  'reading',
  'forecast',
  'score',
  'outside',
  'verification',
  'status',
  'rejected',
] as const
export type Topic = (typeof TOPICS)[number]

/** The topics a WebSocket client may subscribe to. */
export const CLIENT_TOPICS = ['reading', 'forecast', 'score', 'status', 'outside'] as const
/** What is sent where nobody says what. */
export const USUAL_TOPICS = CLIENT_TOPICS.filter((topic) => topic !== 'outside')
export type ClientTopic = (typeof CLIENT_TOPICS)[number]

export const STATION_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/

export function subjectOf(station: string, topic: Topic | 'control'): string {
  return `tickcast.v1.${station}.${topic}`
}
