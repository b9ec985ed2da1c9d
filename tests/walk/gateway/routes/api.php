<?php
// SPDX-License-Identifier: GPL-3.0-or-later

return [
    ['GET', 'api/health', ''],
    ['GET', 'api/health/{part}', ''],
    ['POST', 'api/retell/check-availability', ''],
    ['POST', 'api/retell/cancel-appointment', ''],
    ['POST', 'api/webhooks/retell', ''],
    ['POST', 'api/webhooks/retell/function', ''],
    ['POST', 'api/v2/bookings', 'api.rate-limit,api.performance,api.logging'],
    ['POST', 'api/v2/availability/simple', 'api.rate-limit,api.performance,api.logging'],
];
