<?php
// SPDX-License-Identifier: GPL-3.0-or-later

return new class () {
    public function make(string $what): object
    {
        return new class () implements Illuminate\Contracts\Console\Kernel {
            public function bootstrap(): void
            {
            }
        };
    }
};
