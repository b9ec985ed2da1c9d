<?php
// SPDX-License-Identifier: GPL-3.0-or-later

namespace App\Http\Controllers\Api;

use App\Helpers\LogSanitizer;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Log;
use Illuminate\Support\Facades\RateLimiter;

class RetellApiController
{
    public function cancelAppointment(array $args, int $company): array
    {
        $key = 'phone_auth:' . $args['call_id'] . ':' . $company;
        if (RateLimiter::tooManyAttempts($key, config('features.phonetic_matching_rate_limit'))) {
            return [429, ['error' => 'too many attempts']];
        }
        Log::info('cancel', LogSanitizer::sanitize($args) + [
            'phonetic_matching_enabled' => config('features.phonetic_matching_enabled'),
        ]);
        $found = $this->find($args['customer_name'] ?? '', $company);
        if ($found === null) {
            RateLimiter::hit($key, 3600);
            return [200, ['success' => false, 'message' => 'No customer found']];
        }
        RateLimiter::clear($key);
        return [200, ['success' => true, 'customer' => $found]];
    }

    private function find(string $name, int $company): ?int
    {
        $rows = DB::select("SELECT id, name FROM customers WHERE company_id = $company");
        $phonetic = config('features.phonetic_matching_enabled');
        foreach ($rows as $row) {
            if ($row['name'] === $name || ($phonetic && soundex($row['name']) === soundex($name))) {
                return (int) $row['id'];
            }
        }
        return null;
    }
}
