<?php
// The peer of webhook-whatsapp: the same work for a text message, as a competent PHP programmer would write it.
declare(strict_types=1);

/** The account and secret of a business, kept for 30 s as our program keeps them. */
function account(PgSql\Connection $db, string $slug): ?array
{
    $known = apcu_fetch("account:$slug");
    if ($known !== false) {
        return $known;
    }
    $rows = pg_query_params($db, 'select tenant_id, connection_id, account_id from find_channel($1, $2)', ['whatsapp', $slug]);
    $row = pg_fetch_assoc($rows) ?: null;
    if ($row !== null) {
        $row['secret'] = $_SERVER['APP_SECRET'];
        apcu_store("account:$slug", $row, 30);
    }
    return $row;
}

/** The statements of a session are prepared once, and remembered by the id of its server process. */
function database(): PgSql\Connection
{
    $db = pg_pconnect($_SERVER['DATABASE_URL']);
    if (apcu_add('prepared:' . pg_get_pid($db), true)) {
        pg_prepare($db, 'tenant', "select set_config('app.tenant_id', \$1, true)");
        pg_prepare($db, 'receive', 'select messages, duplicates, reports, answers from receive_events($1::jsonb, $2::jsonb, $3)');
    }
    return $db;
}

function answer(int $status, array $body): never
{
    http_response_code($status);
    header('Content-Type: application/json; charset=utf-8');
    $text = json_encode($body);
    header('Content-Length: ' . strlen($text));
    echo $text;
    exit;
}

/** Mexico's mobiles lose the 1 of mobile dialling. */
function canonical(string $number): string
{
    return preg_match('/^521\d{10}$/', $number) ? '52' . substr($number, 3) : $number;
}

/** The messages of a body as rows of `receive_events`. */
function events(array $body, array $account): array
{
    $events = [];
    foreach ($body['entry'] ?? [] as $entry) {
        foreach ($entry['changes'] ?? [] as $change) {
            $value = $change['value'] ?? [];
            if (($value['metadata']['phone_number_id'] ?? null) !== $account['account_id']) {
                continue;
            }
            $names = array_column($value['contacts'] ?? [], 'profile', 'wa_id');
            foreach ($value['messages'] ?? [] as $message) {
                $from = $message['from'];
                $events[] = [
                    'connection_id' => $account['connection_id'], 'kind' => 'message', 'external_id' => $message['id'],
                    'aliases' => [['kind' => 'phone', 'value' => canonical($from), 'address' => $from]],
                    'name' => $names[$from]['name'] ?? null, 'at' => gmdate('Y-m-d\TH:i:s.000000\Z', (int) $message['timestamp']),
                    'content' => $message['text']['body'], 'content_type' => 'text', 'wants_answer' => true, 'outbound' => false,
                    'details' => ['type' => $message['type']], 'wide' => false, 'raw' => $message,
                ];
            }
        }
    }
    return $events;
}

$started = hrtime(true);
$raw = file_get_contents('php://input');
$slug = basename($_SERVER['DOCUMENT_URI']);
$db = database();
$account = account($db, $slug) ?? answer(404, ['error' => 'there is no such business']);
$signature = 'sha256=' . hash_hmac('sha256', $raw, $account['secret']);
if (!hash_equals($signature, $_SERVER['HTTP_X_HUB_SIGNATURE_256'] ?? '')) {
    answer(403, ['error' => 'the signature is wrong']);
}
try {
    $events = events(json_decode($raw, true, 64, JSON_THROW_ON_ERROR), $account);
} catch (JsonException) {
    answer(400, ['error' => 'the body is no JSON']);
}
$policy = '{"stale_seconds":3600,"first_delay_seconds":2,"next_delay_seconds":2,"cap_seconds":20}';
try {
    pg_query($db, 'begin') ?: throw new RuntimeException(pg_last_error($db));
    pg_execute($db, 'tenant', [$account['tenant_id']]) ?: throw new RuntimeException(pg_last_error($db));
    $rows = pg_execute($db, 'receive', [json_encode($events, JSON_UNESCAPED_UNICODE), $policy, $_SERVER['REQUEST_ID']])
        ?: throw new RuntimeException(pg_last_error($db));
    pg_query($db, 'commit') ?: throw new RuntimeException(pg_last_error($db));
} catch (RuntimeException $failed) {
    pg_query($db, 'rollback');
    error_log("req={$_SERVER['REQUEST_ID']} tenant=$slug event=store why=\"{$failed->getMessage()}\"");
    answer(503, ['error' => 'the request could not be stored']);
}
$row = pg_fetch_assoc($rows);
error_log("req={$_SERVER['REQUEST_ID']} tenant=$slug event=received messages={$row['messages']} ms="
    . intdiv(hrtime(true) - $started, 1_000_000));
answer(200, ['received' => true]);
