<?php
// SPDX-License-Identifier: GPL-3.0-or-later

return [
    'up' => 'CREATE TABLE IF NOT EXISTS notes (id INT PRIMARY KEY, words TEXT)',
    'down' => 'DROP TABLE IF EXISTS notes',
];
