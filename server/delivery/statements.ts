/**
 * The statement behind every delivery, for a whole batch: writes the audit rows, and answers from the same snapshot. Each
 * look-up goes through a unique index: workers, accounts and algorithms by key, live secrets by (algorithm_id, live_key),
 * sealed values by version.
 *
 * The tag covers what is delivered, envelopes included, not only the counters that writes bump: a row that was altered in
 * the database behind the product's back changes the tag, reaches the worker, and is refused there.
 */
const content = `
  count(*) || ':' || encode(sha256(coalesce(string_agg(
    uuid_send(s.id) || int4send(s.version) || uuid_send(s.current_version_id) || convert_to(s.secret_key, 'UTF8')
      || '\\x00'::bytea || int4send(coalesce(v.pool_epoch, 0)) || coalesce(v.envelope, '\\x'::bytea), '\\x'::bytea ORDER BY s.live_key), '\\x'::bytea)), 'hex')`;

const liveSecrets = `secrets s LEFT JOIN sealed_values v ON v.version_id = s.current_version_id`;

export const startsStatement = `
WITH request AS (
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
  SELECT t.*, c.tag FROM wanted t CROSS JOIN LATERAL (
    SELECT ${content} AS tag FROM ${liveSecrets} WHERE s.algorithm_id = t.id AND s.live_key IS NOT NULL
  ) c
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
SELECT f.n::int AS n, f.state, f.id, f.owner, f.name, t.tag,
  CASE WHEN f.n = t.first AND t.cached_tag <> t.tag AND EXISTS (SELECT 1 FROM unnest(t.client_tags) c WHERE c <> t.tag) THEN (
    SELECT coalesce(json_agg(json_build_object(
      'id', s.id, 'key', s.secret_key, 'version', s.version, 'versionId', s.current_version_id, 'poolEpoch', v.pool_epoch,
      'envelope', translate(encode(v.envelope, 'base64'), E'\\n', ''),
      'modified', to_char(s.modified AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) ORDER BY s.live_key), '[]'::json)::text
    FROM ${liveSecrets} WHERE s.algorithm_id = f.id AND s.live_key IS NOT NULL
  ) END AS secrets
FROM found f LEFT JOIN tagged t ON t.id = f.id AND f.state = 'approved'
ORDER BY f.n`;

/** Which of the named algorithms have another tag than the worker holds. Delivers nothing, so it writes no event. */
export const checkStatement = `
SELECT r.id FROM unnest($1::uuid[], $2::text[]) AS r(id, tag)
CROSS JOIN LATERAL (SELECT ${content} AS tag FROM ${liveSecrets} WHERE s.algorithm_id = r.id AND s.live_key IS NOT NULL) c
WHERE c.tag <> r.tag`;
