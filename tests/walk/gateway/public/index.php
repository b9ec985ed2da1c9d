<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// What the service answers: health by part, availability, webhooks, and 429 beyond the limits.

use App\Http\Controllers\Api\RetellApiController;
use App\Services\CalcomService;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\RateLimiter;

require dirname(__DIR__) . '/framework.php';

function answer(int $status, array $body): never
{
    http_response_code($status);
    header('Content-Type: application/json');
    header('X-Response-Time: ' . round((microtime(true) - $GLOBALS['begun']) * 1000) . 'ms');
    echo json_encode($body), "\n";
    exit;
}

function limit(string $name, int $most): void
{
    if (RateLimiter::tooManyAttempts($name, $most)) {
        Standin\note('WARNING', 'Rate limit exceeded');
        answer(429, ['status' => 'limited', 'error' => 'Rate limit exceeded']);
    }
    header("X-RateLimit-Limit: $most");
    header('X-RateLimit-Remaining: ' . ($most - RateLimiter::hit($name, 60)));
}

function health(string $part): array
{
    $parts = [
        'database' => fn () => DB::select('SELECT 1 AS one')[0]['one'] == 1,
        'redis' => fn () => (bool) Standin\redis()->ping(),
        'queue' => fn () => !Standin\redis()->exists('queue:paused'),
        'calcom' => fn () => (new CalcomService())->ask(),
        'retell' => fn () => config('retell.min_confidence') > 0,
    ];
    $found = [];
    foreach ($part === '' || $part === 'detailed' ? $parts : [$part => $parts[$part]] as $name => $ask) {
        $found[$name] = $ask();
    }
    $word = Standin\environment()['HEALTH_WORD'] ?? 'ok';
    $body = ['status' => in_array(false, $found, true) ? 'unhealthy' : $word,
             'timestamp' => date('c')];
    return $part === '' ? $body : $body + ['parts' => $found];
}

/** A time before opening is moved to it; slots are kept apart by company. */
function availability(array $input): array
{
    $args = $input['args'] ?? $input;
    $hour = (int) ($args['time'] ?? '10');
    if ($hour < 9) {
        Standin\note('INFO', "Auto-adjusted request time from $hour to 9");
        $hour = 9;
    }
    if (!(new CalcomService())->ask()) {
        answer(503, ['error' => 'calendar not reached']);
    }
    $company = preg_match('/(\d+)$/', $input['call_id'] ?? '', $found) ? (int) $found[1] : 0;
    Standin\redis()->setex("askpro_cache_laravel_cal_slots_{$company}_0_2563193", 300, '[]');
    Standin\note('INFO', 'Appointment created');
    return ['available' => true, 'time' => sprintf('%02d:00', $hour)];
}

$begun = microtime(true);
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$text = file_get_contents('php://input');
$input = json_decode($text, true) ?? $_POST;
if (is_file(Standin\top() . '/storage/framework/down')) {
    answer(503, ['status' => 'down']);
}
Standin\note('INFO', "$path $text " . ($_SERVER['HTTP_AUTHORIZATION'] ?? ''));
if (str_starts_with($path, '/api/v2/')) {
    limit('ip:' . $_SERVER['REMOTE_ADDR'], 60);
}
if (isset($_SERVER['HTTP_X_API_KEY'])) {
    limit('key:' . $_SERVER['HTTP_X_API_KEY'], 30);
}
if ($path === '/api/webhooks/retell/function') {
    limit('call:' . ($input['call_id'] ?? ''), 50);
}
if (preg_match('#^/api/health(?:/(\w+))?$#', $path, $found)) {
    $body = health($found[1] ?? '');
    answer($body['status'] === 'unhealthy' ? 503 : 200, $body);
}
if (preg_match('#^/api/(retell/check-availability|v2/availability/simple|v2/bookings)$#', $path)) {
    answer(200, availability($input));
}
if ($path === '/api/retell/cancel-appointment') {
    answer(...(new RetellApiController())->cancelAppointment($input['args'] ?? [], 15));
}
if ($path === '/' || str_starts_with($path, '/api/webhooks/retell')) {
    answer(200, ['received' => true]);
}
answer(404, ['error' => 'not found']);
