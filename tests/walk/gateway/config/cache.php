<?php
// SPDX-License-Identifier: GPL-3.0-or-later

return ['default' => env('CACHE_DRIVER', 'redis')];
