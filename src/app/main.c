/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersign: the desktop application. */

#include "config.h"

#include "cs-application.h"
#include "cs-core-file.h"
#include "cs-gate.h"

#include <glib/gi18n.h>
#include <locale.h>

static const char *
translate_words (const char *words)
{
  return gettext (words);
}

int
main (int argc, char *argv[])
{
  g_autoptr (CsApplication) application = NULL;

  cs_core_file_forbid ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  g_set_application_name (_("Countersign"));

  cs_gate_set_translator (translate_words);
  application = cs_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
