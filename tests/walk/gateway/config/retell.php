<?php
// SPDX-License-Identifier: GPL-3.0-or-later

return [
    'min_confidence' => (int) env('RETELL_MIN_CONFIDENCE', 60),
    'default_duration' => (int) env('RETELL_DEFAULT_DURATION', 45),
    'timezone' => env('RETELL_TIMEZONE', 'Europe/Berlin'),
    'language' => env('RETELL_LANGUAGE', 'de'),
];
