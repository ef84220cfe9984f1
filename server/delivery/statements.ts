import { moment, nextMoment } from './repeat-statement';

/**
 * The statement behind every delivery, for a whole batch: writes the audit rows, and answers from the same snapshot. Each
 * look-up goes through a unique index: workers, accounts and algorithms by key, live secrets by (algorithm_id, live_key),
 * sealed values and entries by version.
 *
 * The tag covers what is delivered, envelopes included, not only the counters that writes bump: a row that was altered in
 * the database behind the product's back changes the tag, reaches the worker, and is refused there. Of a value that is in a
 * plugin's backend it covers where it is and what its provider runs.
 */
const secretBytes = `
  uuid_send(s.id) || int4send(s.version) || uuid_send(s.current_version_id) || convert_to(s.secret_key, 'UTF8')
    || '\\x00'::bytea || int4send(coalesce(v.pool_epoch, 0)) || coalesce(v.envelope, '\\x'::bytea)
    || CASE WHEN e.id IS NULL THEN '\\x'::bytea ELSE
      uuid_send(s.provider_id) || convert_to(e.provider_key, 'UTF8') || '\\x00'::bytea || coalesce(convert_to(e.provider_version, 'UTF8'), '\\xff'::bytea) || coalesce(e.reference, '\\x'::bytea) END`;

/**
 * A live secret with its sealed value, or with its entry in a plugin's backend. A null is looked up in no index: secrets
 * that have a sealed value, nearly all, cost next to nothing more. The LIMIT keeps the planner from reading all entries once.
 */
const liveSecrets = `secrets s
  LEFT JOIN sealed_values v ON v.version_id = s.current_version_id
  LEFT JOIN LATERAL (
    SELECT id, provider_key, provider_version, reference FROM secret_versions
    WHERE id = CASE WHEN v.version_id IS NULL THEN s.current_version_id END AND provider_key IS NOT NULL LIMIT 1
  ) e ON true`;

/** Other with every change of what a plugin's provider runs, and of the server's signature over it. Of a row of providers, p. */
export const providerRevision = `encode(sha256(convert_to(jsonb_build_array(p.module_sha256, p.factory_class_name, p.settings)::text, 'UTF8')
  || '\\x00'::bytea || coalesce(p.signature, '\\x'::bytea) || '\\x00'::bytea || coalesce(p.configuration, '\\x'::bytea)), 'hex')`;

/** The tag of the algorithm with this id, and the providers whose plugins its values come from; null when none does. */
const tagOf = (id: string) => `
  SELECT b.secrets || ':' || encode(sha256(b.bytes || CASE WHEN b.through IS NULL THEN '\\x'::bytea ELSE
    (SELECT coalesce(string_agg(uuid_send(p.id) || convert_to(${providerRevision}, 'UTF8'), '\\x'::bytea ORDER BY p.id), '\\x'::bytea) FROM providers p WHERE p.id = ANY(b.through)) END), 'hex') AS tag,
    b.through
  FROM (
    SELECT count(*) AS secrets, coalesce(string_agg(${secretBytes}, '\\x'::bytea ORDER BY s.live_key), '\\x'::bytea) AS bytes,
      array_agg(s.provider_id) FILTER (WHERE e.id IS NOT NULL) AS through
    FROM ${liveSecrets} WHERE s.algorithm_id = ${id} AND s.live_key IS NOT NULL
  ) b`;

/** Whether somebody in the batch needs the body that the listener does not hold. */
const isWanted = `t.cached_tag <> t.tag AND EXISTS (SELECT 1 FROM unnest(t.client_tags) c WHERE c <> t.tag)`;

const base64 = (bytes: string) => `translate(encode(${bytes}, 'base64'), E'\\n', '')`;
const modified = `to_char(s.modified AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

const secretJson = `CASE WHEN e.id IS NULL THEN json_build_object(
      'id', s.id, 'key', s.secret_key, 'version', s.version, 'versionId', s.current_version_id, 'poolEpoch', v.pool_epoch,
      'envelope', ${base64('v.envelope')}, 'modified', ${modified})
    ELSE json_build_object(
      'id', s.id, 'key', s.secret_key, 'version', s.version, 'versionId', s.current_version_id, 'poolEpoch', null, 'envelope', null,
      'entry', json_build_object('providerId', s.provider_id, 'providerKey', e.provider_key, 'providerVersion', e.provider_version, 'reference', ${base64('e.reference')}),
      'modified', ${modified}) END`;

export const startsStatement = `
WITH ${moment}, request AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[])
    WITH ORDINALITY AS r(worker_id, algorithm_id, owner_key, name_key, asked, request_id, address, reason, client_tag, cached_tag, n)
), found AS MATERIALIZED (
  SELECT r.*, w.state::text AS state, w.name AS worker_name, a.id, a.owner, a.name
  FROM request r
  LEFT JOIN workers w ON w.id = r.worker_id
  LEFT JOIN LATERAL (
    SELECT al.id, ac.name AS owner, al.name
    FROM algorithms al JOIN accounts ac ON ac.id = al.owner_id
    WHERE al.id = coalesce(r.algorithm_id, (
      SELECT named.id FROM accounts o JOIN algorithms named ON named.owner_id = o.id
      WHERE o.name_key = r.owner_key AND named.name_key = r.name_key))
  ) a ON true
), wanted AS MATERIALIZED (
  SELECT id, min(n) AS first, max(cached_tag) AS cached_tag, array_agg(DISTINCT client_tag) AS client_tags
  FROM found WHERE id IS NOT NULL AND state = 'approved' GROUP BY id
), tagged AS MATERIALIZED (
  SELECT t.*, c.tag, c.through FROM wanted t CROSS JOIN LATERAL (${tagOf('t.id')}) c
), event AS (
  INSERT INTO audit_events (action, outcome, actor_kind, actor_id, actor_name, object_kind, object_id, object_name, request_id, address, details)
  SELECT 'secret.deliver', CASE WHEN t.id IS NULL THEN 'refused' ELSE 'done' END, 'worker', f.worker_id, coalesce(f.worker_name, ''),
    'algorithm', f.id, coalesce(f.owner || '/' || f.name, f.asked), f.request_id, f.address,
    CASE
      WHEN f.state IS DISTINCT FROM 'approved' THEN jsonb_build_object('reason', f.reason, 'cause', 'worker ' || coalesce(f.state, 'unknown'))
      WHEN f.id IS NULL THEN jsonb_build_object('reason', f.reason, 'cause', 'no such algorithm')
      ELSE jsonb_build_object('reason', f.reason, 'tag', t.tag)
    END
  FROM found f LEFT JOIN tagged t ON t.id = f.id AND f.state = 'approved'
)
SELECT f.n::int AS n, f.state, f.worker_name AS "workerName", f.id, f.owner, f.name, t.tag, m.at, ${nextMoment} AS next,
  CASE WHEN f.n = t.first AND ${isWanted} THEN (
    SELECT coalesce(json_agg(${secretJson} ORDER BY s.live_key), '[]'::json)::text
    FROM ${liveSecrets} WHERE s.algorithm_id = f.id AND s.live_key IS NOT NULL
  ) END AS secrets,
  CASE WHEN f.n = t.first AND t.through IS NOT NULL AND ${isWanted} THEN (
    SELECT json_agg(json_build_object('id', p.id, 'revision', ${providerRevision}) ORDER BY p.id)::text
    FROM providers p WHERE p.id = ANY(t.through)
  ) END AS providers
FROM found f CROSS JOIN moment m LEFT JOIN tagged t ON t.id = f.id AND f.state = 'approved'
ORDER BY f.n`;

/** Which of the named algorithms have another tag than the worker holds. Delivers nothing, so it writes no event. */
export const checkStatement = `
SELECT r.id FROM unnest($1::uuid[], $2::text[]) AS r(id, tag)
CROSS JOIN LATERAL (${tagOf('r.id')}) c
WHERE c.tag <> r.tag`;
