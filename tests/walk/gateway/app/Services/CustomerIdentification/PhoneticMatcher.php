<?php
// SPDX-License-Identifier: GPL-3.0-or-later

namespace App\Services\CustomerIdentification;

class PhoneticMatcher
{
    public function encode(string $name): string
    {
        if (mb_strlen($name) > 100) {
            $name = mb_substr($name, 0, 100);
        }
        return soundex($name);
    }
}
