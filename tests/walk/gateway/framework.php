<?php
// SPDX-License-Identifier: GPL-3.0-or-later
// The few classes that runbooks of a Laravel service name, over a real Redis and a real database.

namespace Standin {

    function top(): string
    {
        return dirname(__FILE__);
    }

    /** What stands in .env, read anew each time unless it was cached. */
    function environment(): array
    {
        $values = [];
        foreach (@file(top() . '/.env', FILE_IGNORE_NEW_LINES) ?: [] as $line) {
            if (preg_match('/^([A-Z0-9_]+)=(.*)$/', $line, $found)) {
                $values[$found[1]] = $found[2];
            }
        }
        return $values;
    }

    function settings(): array
    {
        $cached = top() . '/bootstrap/cache/config.php';
        return is_file($cached) ? include $cached : load_settings();
    }

    function load_settings(): array
    {
        $all = [];
        foreach (glob(top() . '/config/*.php') as $path) {
            $all[basename($path, '.php')] = include $path;
        }
        return $all;
    }

    function redis(): \Redis
    {
        static $redis = null;
        if ($redis === null) {
            $redis = new \Redis();
            $redis->connect('127.0.0.1', 6379, 2);
        }
        return $redis;
    }

    /** Keeps addresses, numbers and what opens doors out of the log. */
    function sanitize(string $text): string
    {
        $text = preg_replace('/[\w.+-]+@[\w.-]+\.\w+/', '[EMAIL_REDACTED]', $text);
        $text = preg_replace('/\+\d{8,}/', '[PHONE_REDACTED]', $text);
        return preg_replace('/Bearer \S+/', 'Bearer [REDACTED]', $text);
    }

    function note(string $level, string $words): void
    {
        $line = '[' . date('Y-m-d H:i:s') . "] production.$level: " . sanitize($words) . "\n";
        foreach (['laravel.log', 'laravel-' . date('Y-m-d') . '.log'] as $name) {
            file_put_contents(top() . "/storage/logs/$name", $line, FILE_APPEND);
        }
    }
}

namespace Illuminate\Contracts\Console {

    interface Kernel
    {
    }
}

namespace Illuminate\Support\Facades {

    class Log
    {
        public static function __callStatic(string $level, array $words): void
        {
            \Standin\note(strtoupper($level), $words[0] . ' ' . json_encode($words[1] ?? []));
        }
    }

    class RateLimiter
    {
        private static function key(string $name): string
        {
            return 'rate_limit:' . md5($name) . ':count';
        }

        public static function clear(string $name): void
        {
            \Standin\redis()->del(self::key($name));
        }

        public static function tooManyAttempts(string $name, int $most): bool
        {
            return (int) \Standin\redis()->get(self::key($name)) >= $most;
        }

        public static function hit(string $name, int $seconds): int
        {
            $count = \Standin\redis()->incr(self::key($name));
            if ($count === 1) {
                \Standin\redis()->expire(self::key($name), $seconds);
            }
            return $count;
        }

        public static function availableIn(string $name): int
        {
            return max(0, \Standin\redis()->ttl(self::key($name)));
        }
    }

    class Cache
    {
        public static function store(string $name): self
        {
            return new self();
        }

        public function ping(): bool
        {
            return (bool) \Standin\redis()->ping();
        }

        public function getRedis(): object
        {
            return new class () {
                public function info(string $part): string
                {
                    return json_encode(\Standin\redis()->info($part));
                }
            };
        }

        public static function get(string $name, mixed $else = null): mixed
        {
            $value = \Standin\redis()->get("askpro_cache_$name");
            return $value === false ? $else : unserialize($value);
        }

        public static function remember(string $name, int $seconds, callable $make): mixed
        {
            $value = self::get($name);
            if ($value === null) {
                $value = $make();
                \Standin\redis()->setex("askpro_cache_$name", $seconds, serialize($value));
            }
            return $value;
        }
    }

    class DB
    {
        private static array $log = [];

        public static function connection(): \PDO
        {
            static $connection = null;
            $e = \Standin\environment();
            return $connection ??= new \PDO(
                "mysql:host=127.0.0.1;dbname={$e['DB_DATABASE']}",
                $e['DB_USERNAME'],
                $e['DB_PASSWORD']
            );
        }

        public static function select(string $query): array
        {
            self::$log[] = $query;
            return self::connection()->query($query)->fetchAll(\PDO::FETCH_ASSOC);
        }

        public static function enableQueryLog(): void
        {
            self::$log = [];
        }

        public static function getQueryLog(): array
        {
            return self::$log;
        }
    }
}

namespace App\Models {

    abstract class Model
    {
        protected const TABLE = '';

        public static function with(array $relations): static
        {
            return new static();
        }

        public static function first(): array
        {
            return \Illuminate\Support\Facades\DB::select(
                'SELECT * FROM ' . static::TABLE . ' ORDER BY id LIMIT 1'
            )[0] ?? [];
        }
    }

    class Call extends Model
    {
        protected const TABLE = 'calls';
    }

    class Branch extends Model
    {
        protected const TABLE = 'branches';
    }
}

namespace App\Helpers {

    class LogSanitizer
    {
        public static function sanitize(array $values): array
        {
            return array_map(fn () => '[PII_REDACTED]', $values);
        }
    }
}

namespace App\Services {

    /** Opens after five failures in a row; its state is where every worker sees it. */
    class CalcomService
    {
        private const KEY = 'circuit_breaker:calcom_api:';

        public function getCircuitBreakerStatus(): array
        {
            $redis = \Standin\redis();
            return [
                'service' => 'calcom_api',
                'state' => $redis->get(self::KEY . 'state') ?: 'closed',
                'failure_count' => (int) $redis->get(self::KEY . 'failure_count'),
                'failure_threshold' => 5,
            ];
        }

        public function ask(): bool
        {
            $redis = \Standin\redis();
            if ((\Standin\environment()['CALCOM_API_KEY'] ?? 'valid') !== 'invalid_key') {
                $redis->mset([self::KEY . 'state' => 'closed', self::KEY . 'failure_count' => 0]);
                return true;
            }
            if ($redis->incr(self::KEY . 'failure_count') >= 5) {
                $redis->set(self::KEY . 'state', 'open');
                \Standin\note('CRITICAL', 'Circuit breaker is open');
            }
            return false;
        }

        public function resetCircuitBreaker(): void
        {
            \Standin\redis()->del(self::KEY . 'state', self::KEY . 'failure_count');
        }
    }
}

namespace {

    foreach (['Cache', 'DB', 'Log', 'RateLimiter'] as $facade) {
        class_alias("Illuminate\\Support\\Facades\\$facade", $facade);
    }

    spl_autoload_register(function (string $class): void {
        $path = \Standin\top() . '/' . str_replace(['App\\', '\\'], ['app/', '/'], $class) . '.php';
        if (is_file($path)) {
            require $path;
        }
    });

    function config(string $name, mixed $else = null): mixed
    {
        $value = \Standin\settings();
        foreach (explode('.', $name) as $part) {
            $value = is_array($value) ? ($value[$part] ?? null) : null;
        }
        return $value ?? $else;
    }

    function env(string $name, mixed $else = null): mixed
    {
        $value = \Standin\environment()[$name] ?? $else;
        return match ($value) {
            'true' => true, 'false' => false, default => $value
        };
    }

    function app(string $class): object
    {
        return match ($class) {
            'cache' => new Cache(), default => new $class()
        };
    }
}
