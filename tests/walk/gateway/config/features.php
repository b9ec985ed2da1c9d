<?php
// SPDX-License-Identifier: GPL-3.0-or-later

return [
    'phonetic_matching_enabled' => env('FEATURE_PHONETIC_MATCHING_ENABLED', false),
    'phonetic_matching_test_companies' => env('FEATURE_PHONETIC_MATCHING_TEST_COMPANIES', ''),
    'phonetic_matching_rate_limit' => (int) env('FEATURE_PHONETIC_MATCHING_RATE_LIMIT', 3),
];
