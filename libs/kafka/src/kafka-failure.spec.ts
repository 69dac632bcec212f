import { KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import { kafkaFailure, kafkaTrouble } from './kafka-failure.ts';

const protocol = (type: string) =>
  Object.assign(new KafkaJSProtocolError(new Error(type)), { type, name: 'KafkaJSProtocolError' });
const tired = (cause: Error) =>
  Object.assign(new KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 5, retryTime: 1 }), { cause });

const coded = (code: string) => Object.assign(new Error(code), { code });

describe('what the broker says', () => {
  it.each([
    [protocol('MESSAGE_TOO_LARGE'), 'refused', 'internal'],
    [protocol('TOPIC_AUTHORIZATION_FAILED'), 'denied', 'access-denied'],
    [protocol('OUT_OF_ORDER_SEQUENCE_NUMBER'), 'producer-lost', 'unavailable'],
    [protocol('NOT_LEADER_FOR_PARTITION'), 'away', 'unavailable'],
    [tired(protocol('TOPIC_AUTHORIZATION_FAILED')), 'denied', 'access-denied'],
    [new KafkaJSNonRetriableError('x'), 'away', 'unavailable'],
    [new Error('connect ECONNREFUSED'), 'away', 'unavailable'],
    [coded('ECONNREFUSED'), 'away', 'unavailable'],
    [tired(coded('CERT_HAS_EXPIRED')), 'denied', 'access-denied'],
    [coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'denied', 'access-denied'],
    ['a string', 'away', 'unavailable'],
  ])('%s is %s, as a failure %s', (thrown, trouble, code) => {
    expect(kafkaTrouble(thrown)).toBe(trouble);
    expect(kafkaFailure(thrown, 'publishing')).toMatchObject({ code, scope: 'lane', cause: thrown });
  });

  it('is left alone when it is a failure already', () => {
    const failure = new Failure('access-denied', 'x');
    expect(kafkaFailure(failure, 'publishing')).toBe(failure);
  });
});
