<?php
// SPDX-License-Identifier: GPL-3.0-or-later

namespace App\Services\Retell;

class BookingDetailsExtractor
{
    /** Compiled once, not at each call. */
    private string $date = '/\d{1,2}\.\d{1,2}\.(\d{4})?/';
}
