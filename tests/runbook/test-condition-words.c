/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comments that leave the commands under them to a person, and comments that only sound so: a
 * needed command must never become an offer. */

#include "cs-runbook.h"

#include <string.h>

typedef enum
{
  NEEDED,  /* no condition */
  DOUBTED, /* needed, and a check of the runbook points at it */
  OFFERED,
} Meaning;

typedef struct
{
  const char *comment;
  Meaning meaning;
} Comment;

static const Comment COMMENTS[] = {
  /* Conditions on an outcome or a choice. */
  { "If tests fail:", OFFERED },
  { "If the smoke test fails, restore the dump", OFFERED },
  { "If Git is used, pull the code", OFFERED },
  { "If not successful, restart the workers", OFFERED },
  { "Only if the cache is shared", OFFERED },
  { "Otherwise", OFFERED },
  { "Optional: warm the cache", OFFERED },
  { "Restart the workers (if needed)", OFFERED },
  { "Unless the queue is empty:", OFFERED },
  { "Falls die Tests fehlschlagen:", OFFERED },
  { "Wenn der Dienst nicht startet:", OFFERED },
  { "Nur bei Bedarf", OFFERED },
  { "Sonst", OFFERED },
  { "Si le test échoue :", OFFERED },
  { "Si nécessaire", OFFERED },
  { "En cas d'erreur :", OFFERED },
  { "Si la prueba falla:", OFFERED },
  { "En caso de error:", OFFERED },
  { "Se o teste falhar:", OFFERED },
  { "Se necessário", OFFERED },
  { "Caso o serviço não responda:", OFFERED },
  /* When, and not whether. */
  { "Wenn fertig, Dienst neu starten", NEEDED },
  { "Wenn alles fertig ist, Dienst neu starten", NEEDED },
  { "Wenn abgeschlossen: Dienst neu starten", NEEDED },
  { "When finished, restart the service", NEEDED },
  { "Once the copy is done, restart the service", NEEDED },
  { "If ready, go live", NEEDED },
  /* Verbs that begin like a condition. */
  { "Se reinicia el servicio", NEEDED },
  { "Se ejecuta la migración", NEEDED },
  { "Se instala la nueva versión", NEEDED },
  { "Si riavvia il servizio", NEEDED },
  { "Si copia la configurazione", NEEDED },
  { "Falls back to the local cache", NEEDED },
  { "Caso 1: servidor principal", NEEDED },
  { "Caso de uso: reinicio", NEEDED },
  { "Sonst noch: Dienst neu starten", NEEDED },
  { "Elsewhere this is called a reload", NEEDED },
  { "Iftar menu goes live", NEEDED },
  { "Bei Fragen: 4711 anrufen", NEEDED },
  { "In case of questions call 4711", NEEDED },
  { "Sinónimos: se recarga", NEEDED },
  /* What a person does with what is seen, what a command does by itself, what goes as it should. */
  { "if you see warnings, continue", DOUBTED },
  { "If it hangs, press Ctrl+C", DOUBTED },
  { "If this takes long, see chapter 5", DOUBTED },
  { "Wenn Warnungen erscheinen, weiter mit Schritt 3", DOUBTED },
  { "Si vous voyez des avertissements, continuez", DOUBTED },
  { "Install if missing", NEEDED },
  { "If missing, install it", DOUBTED },
  { "Create the folder (if it does not exist)", DOUBTED },
  { "Ordner anlegen (falls nicht vorhanden)", DOUBTED },
  { "Créer le dossier (s'il n'existe pas)", DOUBTED },
  { "Crear la carpeta (si no existe)", DOUBTED },
  { "Criar a pasta (se não existir)", DOUBTED },
  { "If everything looks good, restart the service", DOUBTED },
  { "If successful:", DOUBTED },
  { "Only proceed if all tests pass", DOUBTED },
  { "Wenn alles gut aussieht, Dienst neu starten", DOUBTED },
  { "Wenn keine Fehler auftreten:", DOUBTED },
  { "Si tout va bien :", DOUBTED },
  { "Si todo va bien:", DOUBTED },
  { "Se tudo estiver certo:", DOUBTED },
};

static gboolean
is_flagged (CsRunbook *runbook, gint64 wanted)
{
  g_autoptr (JsonNode) json = cs_runbook_to_json (runbook);
  JsonArray *list =
    json_object_get_array_member (json_node_get_object (json), "diagnostics");

  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *said = json_array_get_object_element (list, i);

      if (strcmp (json_object_get_string_member (said, "code"), "condition-in-doubt") == 0 &&
          json_object_get_int_member (said, "line") == wanted)
        return TRUE;
    }
  return FALSE;
}

/* format: a block of one command, in which %s is the comment. */
static void
assert_meanings (const char *format, gint64 line)
{
  for (guint i = 0; i < G_N_ELEMENTS (COMMENTS); i++)
    {
      g_autofree char *block = g_strdup_printf ("# %s", COMMENTS[i].comment);
      g_auto (GStrv) pieces = g_strsplit (format, "@", -1);
      g_autofree char *text = g_strjoinv (block, pieces);
      g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
      g_autoptr (CsRunbook) runbook = cs_runbook_new_from_bytes (bytes, NULL);
      g_autoptr (CsPhase) phase =
        g_list_model_get_item (cs_runbook_get_phases (runbook), 0);
      g_autoptr (CsStep) step = g_list_model_get_item (cs_phase_get_steps (phase), 0);
      g_autoptr (CsBlock) only = g_list_model_get_item (cs_step_get_blocks (step), 0);
      Meaning meaning = cs_block_is_offer (only)     ? OFFERED
                        : is_flagged (runbook, line) ? DOUBTED
                                                     : NEEDED;

      if (meaning != COMMENTS[i].meaning)
        g_error ("“%s” is taken for %u instead of %u", COMMENTS[i].comment, meaning,
                 COMMENTS[i].meaning);
    }
}

static void
test_above (void)
{
  assert_meanings ("# T\n\n## Deployment Steps\n\n```bash\n@\nsystemctl restart orchard\n```\n", 6);
}

static void
test_behind (void)
{
  assert_meanings ("# T\n\n## Deployment Steps\n\n```bash\nsystemctl restart orchard  @\n```\n", 6);
}

/* The line above a block. */
static const Comment LABELS[] = {
  { "Rollback-Plan:", OFFERED },
  { "**If the tests fail:**", OFFERED },
  { "**Rollback plan of the release, step by step:**", NEEDED },
  { "**Verification:**", NEEDED },
};

/* The last block of a runbook. */
static CsBlock *
find_last (CsRunbook *runbook)
{
  GListModel *phases = cs_runbook_get_phases (runbook);
  CsBlock *last = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);
      GListModel *steps = cs_phase_get_steps (phase);

      for (guint k = 0; k < g_list_model_get_n_items (steps); k++)
        {
          g_autoptr (CsStep) step = g_list_model_get_item (steps, k);
          GListModel *blocks = cs_step_get_blocks (step);

          for (guint m = 0; m < g_list_model_get_n_items (blocks); m++)
            {
              g_autoptr (CsBlock) block = g_list_model_get_item (blocks, m);

              last = block;
            }
        }
    }
  return last;
}

static void
test_label (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (LABELS); i++)
    {
      g_autofree char *text =
        g_strdup_printf ("# T\n\n## Deployment Steps\n\n### Step 1: Switch\n\n%s\n```bash\n"
                         "git reset HEAD~1\n```\n",
                         LABELS[i].comment);
      g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
      g_autoptr (CsRunbook) runbook = cs_runbook_new_from_bytes (bytes, NULL);

      if (cs_block_is_offer (find_last (runbook)) != (LABELS[i].meaning == OFFERED))
        g_error ("“%s” is taken for something else", LABELS[i].comment);
    }
}

/* A chapter of that name is the way back itself. */
static void
test_way_back (void)
{
  const char *text = "# T\n\n## Deployment\n\n```bash\nls\n```\n\n**Rollback Plan:**\n```bash\n"
                     "git reset HEAD~1\n```\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (CsRunbook) runbook = cs_runbook_new_from_bytes (bytes, NULL);
  g_autoptr (CsPhase) phase = g_list_model_get_item (cs_runbook_get_phases (runbook), 1);
  g_autoptr (CsStep) step = g_list_model_get_item (cs_phase_get_steps (phase), 0);
  g_autoptr (CsBlock) block = g_list_model_get_item (cs_step_get_blocks (step), 0);

  g_assert_cmpint (cs_phase_get_kind (phase), ==, CS_PHASE_ROLLBACK);
  g_assert_false (cs_block_is_offer (block));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runbook/condition-words/above", test_above);
  g_test_add_func ("/runbook/condition-words/behind", test_behind);
  g_test_add_func ("/runbook/condition-words/label", test_label);
  g_test_add_func ("/runbook/condition-words/way-back", test_way_back);
  return g_test_run ();
}
