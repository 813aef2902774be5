// One message in one read: its status, its failures, and the records that plugins made of its item.

import { ApiError, query } from './api.js';

/** The most records that the server answers with an item. */
export const maxRecords = 100;

const document = `query Message($id: ID!) {
  message(id: $id) {
    messageId status source itemId itemSequence receivedAt mediaType body
    failures { message: messageId item: itemId source plugin status step attempts nextAttempt error changedAt }
    item { messageCount records { plugin key messageId document } }
  }
}`;

export async function readMessageDetail(id, signal) {
  const { message } = await query(document, { id }, signal);
  if (message === null) throw new ApiError(`There is no message ${id}.`, { status: 404, code: 'message_not_found' });
  return { ...message, failures: message.failures.map(failure => ({ ...failure, step: failure.step.toLowerCase() })) };
}

const rawTypes = ['application/vnd.tributary.unparsed+json', 'application/vnd.tributary.refused+json'];

/**
 * The body of a message that could not be mapped or was refused: `{text}`, or `{bytes}` when it is no UTF-8. Null for
 * any other message.
 */
export function rawOf({ mediaType, body }) {
  if (!rawTypes.includes(mediaType) || typeof body?.raw !== 'string') return null;
  try {
    const bytes = Uint8Array.from(atob(body.raw), char => char.charCodeAt(0));
    try {
      return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
    } catch {
      return { bytes: bytes.length };
    }
  } catch {
    return null;
  }
}
