<?php
// The peer of webhook-whatsapp: the same work for a text message, as a competent PHP programmer would write it.
declare(strict_types=1);

const RECEIVE = 'select messages, duplicates, reports, answers from receive_events(';

/** PDO, as most would write it: a persistent connection, both statements prepared. */
final class WithPDO
{
    private PDO $db;

    public function __construct()
    {
        $this->db = new PDO('pgsql:' . strtr($_SERVER['DATABASE_URL'], ' ', ';'), options: [
            PDO::ATTR_PERSISTENT => true, PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_EMULATE_PREPARES => false,
            PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
        ]);
    }

    public function account(string $slug): ?array
    {
        $found = $this->db->prepare('select tenant_id, connection_id, account_id from find_channel(?, ?)');
        $found->execute(['whatsapp', $slug]);
        return $found->fetch() ?: null;
    }

    public function store(string $tenant, string $events, string $policy, string $request): array
    {
        $this->db->beginTransaction();
        try {
            $this->db->prepare("select set_config('app.tenant_id', ?, true)")->execute([$tenant]);
            $stored = $this->db->prepare(RECEIVE . '?, ?, ?)');
            $stored->execute([$events, $policy, $request]);
            $row = $stored->fetch();
            $this->db->commit();
            return $row;
        } catch (PDOException $failed) {
            $this->db->rollBack();
            throw $failed;
        }
    }
}

/** The thinnest that PHP has: libpq's functions, statements prepared once a session, begin and commit around them. */
final class WithPg
{
    private PgSql\Connection $db;

    public function __construct()
    {
        $this->db = pg_pconnect($_SERVER['DATABASE_URL']);
        // Remembered by the id of the session's server process.
        if (apcu_add('prepared:' . pg_get_pid($this->db), true)) {
            pg_prepare($this->db, 'tenant', "select set_config('app.tenant_id', \$1, true)");
            pg_prepare($this->db, 'receive', RECEIVE . '$1::jsonb, $2::jsonb, $3)');
        }
    }

    public function account(string $slug): ?array
    {
        $query = 'select tenant_id, connection_id, account_id from find_channel($1, $2)';
        return pg_fetch_assoc(pg_query_params($this->db, $query, ['whatsapp', $slug])) ?: null;
    }

    public function store(string $tenant, string $events, string $policy, string $request): array
    {
        $stored = pg_query($this->db, 'begin') && pg_execute($this->db, 'tenant', [$tenant])
            ? pg_execute($this->db, 'receive', [$events, $policy, $request]) : false;
        if ($stored === false || !pg_query($this->db, 'commit')) {
            $why = pg_last_error($this->db);
            pg_query($this->db, 'rollback');
            throw new RuntimeException($why);
        }
        return pg_fetch_assoc($stored);
    }
}

/** The account and secret of a business, kept for 30 s as our program keeps them. */
function account(WithPDO|WithPg $db, string $slug): ?array
{
    $known = apcu_fetch("account:$slug");
    if ($known !== false) {
        return $known;
    }
    $row = $db->account($slug);
    if ($row !== null) {
        $row['secret'] = $_SERVER['APP_SECRET'];
        apcu_store("account:$slug", $row, 30);
    }
    return $row;
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
$db = $_SERVER['PEER'] === 'pg' ? new WithPg() : new WithPDO();
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
    $row = $db->store($account['tenant_id'], json_encode($events, JSON_UNESCAPED_UNICODE), $policy, $_SERVER['REQUEST_ID']);
} catch (Exception $failed) {
    error_log("req={$_SERVER['REQUEST_ID']} tenant=$slug event=store why=\"{$failed->getMessage()}\"");
    answer(503, ['error' => 'the request could not be stored']);
}
error_log("req={$_SERVER['REQUEST_ID']} tenant=$slug event=received messages={$row['messages']} ms="
    . intdiv(hrtime(true) - $started, 1_000_000));
answer(200, ['received' => true]);
