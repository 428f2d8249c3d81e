"""The staff workspace: how people sign in, who may see what, what they keep to work with, and what is written of it."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# What the application may do with each new table that a member owns. What is written of those who look and decide is
# never changed nor removed.
OWNED = {
    "answer_templates": "select, insert, update, delete",
    "bulk_acts": "select, insert, update, delete",
    "commitments": "select, insert, update",
    "complaint_views": "select, insert",
    "confidants": "select, insert, delete",
    "erasures": "select, insert",
    "export_pieces": "select, insert, delete",
    "exports": "select, insert, update, delete",
    "holds": "select, insert, update",
    "identity_providers": "select, insert, update, delete",
    "invitations": "select, insert, update",
    "passkeys": "select, insert, update, delete",
    "presences": "select, insert, update, delete",
    "proposals": "select, insert, update",
    "retention_rules": "select, insert, update, delete",
    "saved_views": "select, insert, update, delete",
    "searches": "select, insert, delete",
    "staff_sessions": "select, insert, update, delete",
    "team_roles": "select, insert, update, delete",
    "thresholds": "select, insert, update, delete",
}

# What an operator of the platform may do, in a role of its own: no table of complaints is among them.
OPERATOR = {
    "members": "select, insert, update",
    "staff": "select (id, member_id, role, is_active)",  # how many they are, and whether somebody administers
    "teams": "select, insert",
    "network_readers": "select, insert, update",
    "audit_entries": "select, insert",
}

# What is about one complaint is seen by those who see the complaint. Not `confidants`: the rule itself reads it.
ABOUT_COMPLAINTS = (
    "attachments", "commitments", "complaint_views", "corrections", "deliveries", "erasures", "events", "feedback",
    "handovers", "holds", "incident_links", "pages", "presences", "training_examples",
)  # fmt: skip

# A subject that few may read. A guess the model is not sure of hides nothing: a person must find it, and sort it.
BY_ITSELF = "(category is not distinct from 'accompagnement_social' and not abstained)"

# What administrators of a member set on its own line.
OWN_LINE = (
    "phone, holiday_zone, opens_at, closes_at, frame_origins, mediator, privacy_contact, minutes_to_mend, "
    "second_factor, idle_minutes"
)

CHECKS = (
    ("staff", "role", "role in ('reader', 'agent', 'supervisor', 'administrator')"),
    ("staff", "absence", "absent_until >= absent_from"),
    ("staff", "substitute", "substitute_id <> id"),
    ("network_readers", "role", "role in ('reader', 'operator')"),
    ("members", "second_factor", "second_factor in ('optional', 'required')"),
    ("members", "idle_minutes", "idle_minutes between 5 and 720"),
    ("members", "hours", "opens_at < closes_at"),
    ("members", "minutes_to_mend", "minutes_to_mend between 0 and 120"),
)

# What the steering pages count of a complaint: made from its events by the application, which fills the old ones in.
COUNTED = (
    ("answer_due_at", sa.DateTime(timezone=True)), ("answer_done_at", sa.DateTime(timezone=True)),
    ("answer_days", sa.Integer()), ("full_due_at", sa.DateTime(timezone=True)),
    ("full_done_at", sa.DateTime(timezone=True)), ("full_days", sa.Integer()), ("reopenings", sa.Integer()),
    ("was_extended", sa.Boolean()), ("first_category", sa.String()), ("first_team_id", sa.Uuid()),
    ("lost_days", sa.Integer()),
)  # fmt: skip
# The pages read nothing but this index: the tables of a large member are too long to be read for a figure.
IN_FIGURES = (
    "id", "status", "channel", "category", "urgency", "team_id", "residence_id", "organisation_id", "hops", "outcome",
    "closed_at", "surveyed_at", "abstained", "category_by_person", "is_paused", "is_sensitive",
    *(name for name, _ in COUNTED),
)  # fmt: skip

# The lists of the inbox. What narrows a list stands in the index that orders it; each list of the rail has an index of
# its own complaints only.
NEWEST = ["member_id", "submitted_at", "id"]
NARROWED = [
    "status", "category", "urgency", "nature", "channel", "team_id", "assignee_id", "organisation_id", "residence_id",
    "incident_id", "confidence", "abstained", "category_by_person", "is_sensitive",
]  # fmt: skip
BESIDE = {
    "open": NARROWED,
    "due": ["is_sensitive", "submitted_at", "category"],
    "unsolved": ["is_sensitive", "status", "unsolved_at"],
}
_OPEN = "status <> 'closed'"
LISTS: dict[str, tuple[list[str], str]] = {
    "open": (NEWEST, _OPEN),
    "sorting": (NEWEST, f"{_OPEN} and target = 'sorting'"),
    "danger": (NEWEST, f"{_OPEN} and urgency = 'danger'"),
    "suspected": (NEWEST, f"{_OPEN} and not danger_is_judged and (danger <> 'none' or category is null)"),
    "mine": (["member_id", "assignee_id", "submitted_at", "id"], f"{_OPEN} and assignee_id is not null"),
    "new": (["member_id", "team_id", "submitted_at", "id"], f"{_OPEN} and assignee_id is null"),
    "waiting": (NEWEST, f"{_OPEN} and is_paused"),
    "outside": (NEWEST, f"{_OPEN} and organisation_id is not null"),
    "due": (["member_id", "due_at", "id"], f"{_OPEN} and due_at is not null"),
    "quiet": (["member_id", "moved_at", "id"], _OPEN),
    "unsolved": (NEWEST, "unsolved_at is not null"),
    "collective": (NEWEST, f"{_OPEN} and incident_id is not null"),
    "contested": (NEWEST, f"{_OPEN} and contested_at is not null"),
    "review": (NEWEST, f"{_OPEN} and review_asked_at is not null"),
    "audit": (NEWEST, f"{_OPEN} and audit_due"),
}
# Columns that a search may be narrowed by; whatever else is asked narrows what it returns.
SEARCHED_BY = (
    "status", "category", "urgency", "nature", "channel", "team_id", "assignee_id", "organisation_id", "residence_id",
)  # fmt: skip

# Under row-level security no index on words is used, for the operator that compares them is not leakproof. So the
# question is asked here, as the owner, restrained by hand to what the policies show. Each word is looked for by its
# French stem in what was written, and by its beginning in names, places and references.
SEARCH = (
    """
    create function seve_query(words text[]) returns tsquery language plpgsql immutable parallel safe as $$
    declare found tsquery := ''; word text; stem tsquery;
    begin
        foreach word in array words loop
            stem := plainto_tsquery('french', seve_fold(word));
            continue when numnode(stem) = 0; -- "le", "de"
            found := found && (stem || to_tsquery('simple',
                seve_fold(word) || case when length(word) > 2 then ':*' else '' end));
        end loop;
        return found;
    end $$
    """,
    f"""
    create function seve_search(
        words text[], wanted jsonb, since timestamptz, until timestamptz, before_at timestamptz, before_id uuid,
        most integer
    ) returns setof uuid language plpgsql stable security definer
    set search_path = public, pg_temp set jit = off as $$
    declare
        query tsquery := seve_query(words);
        newest constant text := ' order by submitted_at desc, id desc';
        chosen text; one record; found uuid[];
    begin
        if seve_member() is null or numnode(query) = 0 then return; end if;
        chosen := format('from complaints where member_id = %L', seve_member());
        if seve_staff() is not null and not exists (
            select from staff where id = seve_staff() and member_id = seve_member() and is_active and (
                is_named or role in ('supervisor', 'administrator') and not exists (
                    select from staff named
                    where named.member_id = seve_member() and named.is_active and named.is_named)))
        then chosen := chosen || format(' and (not is_sensitive or exists (select from confidants '
            'where confidants.complaint_id = complaints.id and confidants.staff_id = %L))', seve_staff());
        end if;
        for one in select key, value from jsonb_each(wanted) loop
            if one.key not in ('{"', '".join(SEARCHED_BY)}') then raise 'not a column to search by'; end if;
            chosen := chosen || case when one.value = 'null' then format(' and %I is null', one.key)
                else format(' and %I = any(%L)', one.key, array(select jsonb_array_elements_text(one.value)))
            end;
        end loop;
        chosen := chosen || coalesce(' and submitted_at >= ' || quote_literal(since), '')
            || coalesce(' and submitted_at < ' || quote_literal(until), '')
            || coalesce(' and (submitted_at, id) < (' || quote_literal(before_at) || ', '
                || quote_literal(before_id) || ')', '');
        -- Words that go together ("eau chaude") are more frequent than the planner believes: the newest complaints are
        -- looked through first, where they suffice. Those of one subject or desk lie too far apart for that.
        if most is not null and numnode(query) > 3 and wanted - 'status' = '{{}}' then
            execute format('select array(select id from (select id, search %s %s limit 15000) recent '
                'where search @@ %L::tsquery limit %s)', chosen, newest, query, most) into found;
            if cardinality(found) >= most then return query select unnest(found); return; end if;
        end if;
        return query execute format('select id %s and search @@ %L::tsquery %s', chosen, query, newest)
            || coalesce(' limit ' || most, '');
    end $$
    """,
    *(
        statement
        for signature in ("seve_search(text[], jsonb, timestamptz, timestamptz, timestamptz, uuid, integer)",)
        for statement in (
            f"revoke all on function {signature} from public",
            f"grant execute on function {signature} to seve_app",
        )
    ),
)

# view of codes and instants -> the table it is of, and its columns
FIGURES = {
    "feedback_figures": ("feedback", "complaint_id, score, solved, visit, at"),
    "handover_figures": (
        "handovers",
        "complaint_id, organisation_id, status, offered_at, answer_due_at, answered_at, done_at, refusal",
    ),
}

# What is left of an event once the words and names of its complaint are erased: codes, counts and dates.
LEFT = (
    "abstained", "category", "code", "confidence", "days", "from_category", "from_urgency", "is_vital", "kind",
    "leaves_at", "model_version", "on", "organisation", "organisation_id", "outcome", "score", "solved", "target",
    "targets", "team", "to_category", "until", "urgency",
)  # fmt: skip

# Letters that a search takes for one another; signs that part words, or "LOC-77" would be a word and a number below
# zero.
ACCENTED, PLAIN = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ-_/.@", "aaaaaaceeeeiiiinooooouuuuyy     "


def upgrade() -> None:
    with _no_hurry():
        _make_operator()
        _create_tables()
        _alter_tables()
        _isolate_members()
        _isolate_sensitive()
        _lead_to_providers()
        _let_members_choose()
        _let_operators_work()
        _make_search()
        _make_lists()
        _let_erase()
        _count()


@contextmanager
def _no_hurry() -> Iterator[None]:
    """Let statements take the time that large tables need: nobody waits for them, the processes are stopped."""
    before = op.get_bind().scalar(sa.text("select current_setting('statement_timeout')"))
    op.execute("set local statement_timeout = 0")
    yield
    op.get_bind().execute(sa.text("select set_config('statement_timeout', :before, true)"), {"before": before})


def _make_operator() -> None:
    op.execute(
        "do $$ begin if not exists (select from pg_roles where rolname = 'seve_operator') "
        "then create role seve_operator nologin; end if; end $$"
    )
    op.execute(
        "do $$ begin if not pg_has_role('seve_app', 'seve_operator', 'member') "
        "then grant seve_operator to seve_app; end if; end $$"
    )


def _isolate_members() -> None:
    for table, rights in OWNED.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy own_member on {table} to seve_app "
            "using (member_id = (select seve_member())) with check (member_id = (select seve_member()))"
        )
        op.execute(f"grant {rights} on {table} to seve_app")
    # The platform has a chain of its own, which no member reads.
    op.execute("alter table audit_entries enable row level security")
    op.execute(
        "create policy own_chain on audit_entries to seve_app "
        "using (member_id is not distinct from (select seve_member())) "
        "with check (member_id is not distinct from (select seve_member()))"
    )
    op.execute("grant select, insert on audit_entries to seve_app")
    # Whoever tries to sign in belongs to nobody yet.
    op.execute("grant select, insert, delete on sign_in_attempts to seve_app")
    op.execute("grant select, insert, update on network_readers, network_sessions to seve_app")
    op.execute("grant delete on network_sessions to seve_app")


def _isolate_sensitive() -> None:
    """Hide sensitive complaints, and all that is about them, from whoever of the staff is not named.

    `seve.staff` is set while a person of the staff looks; workers, tenants and suppliers go by other doors.
    """
    op.execute(
        "create function seve_staff() returns uuid language sql stable parallel safe as "
        "$$ select nullif(current_setting('seve.staff', true), '')::uuid $$"
    )
    # Where a member has named nobody, its supervisors see them: a message that nobody sees is a message lost.
    op.execute(
        "create function seve_sees_sensitive() returns boolean language sql stable parallel safe as $$ "
        "select seve_staff() is null "
        "or exists (select from staff where id = seve_staff() and is_active and is_named) "
        "or (exists (select from staff where id = seve_staff() and is_active "
        "and role in ('supervisor', 'administrator')) "
        "and not exists (select from staff where is_active and is_named)) $$"
    )
    op.execute(
        "create policy named_people on complaints as restrictive for select to seve_app using ("
        "not is_sensitive or (select seve_sees_sensitive()) or exists (select from confidants "
        "where confidants.complaint_id = complaints.id and confidants.staff_id = (select seve_staff())))"
    )
    for table in ABOUT_COMPLAINTS:
        op.execute(
            f"create policy named_people on {table} as restrictive for select to seve_app using ("
            "(select seve_staff()) is null or complaint_id is null "
            f"or exists (select from complaints where complaints.id = {table}.complaint_id))"
        )
    # At the end of the transaction: whoever makes a complaint sensitive writes down that they did, and then loses sight
    # of it.
    op.execute(
        "create function seve_set_sensitive() returns trigger language plpgsql security definer "
        "set search_path = public, pg_temp as $$ begin "
        f"update complaints set is_sensitive = (is_marked or {BY_ITSELF}) "
        f"where id = new.id and is_sensitive <> (is_marked or {BY_ITSELF}); "
        # Whoever it is given to is named for it, whatever gave it to them.
        "insert into confidants (id, member_id, complaint_id, staff_id, named_by, named_at) "
        "select gen_random_uuid(), one.member_id, one.id, one.assignee_id, last.actor, last.at from complaints one "
        "cross join lateral (select actor, at from events where complaint_id = one.id order by id desc limit 1) last "
        "where one.id = new.id and one.is_sensitive and one.assignee_id is not null on conflict do nothing; "
        "return null; end $$"
    )
    op.execute(
        "create constraint trigger sensitive after insert or update of category, abstained, is_marked, assignee_id "
        "on complaints "
        "deferrable initially deferred for each row "
        "when (new.is_marked or new.is_sensitive or new.category = 'accompagnement_social') "
        "execute function seve_set_sensitive()"
    )
    op.execute(f"update complaints set is_sensitive = true where {BY_ITSELF}")


def _see_sensitive_again() -> None:
    op.execute("drop trigger sensitive on complaints")
    op.execute("drop function seve_set_sensitive()")
    for table in (*ABOUT_COMPLAINTS, "complaints"):
        op.execute(f"drop policy named_people on {table}")
    op.execute("drop function seve_sees_sensitive()")
    op.execute("drop function seve_staff()")


def _lead_to_providers() -> None:
    """Let anybody ask whose identity provider an e-mail domain is led to: domains are public, addresses are not."""
    op.execute(
        "create function seve_member_of_email_domain(text) returns uuid language sql stable security definer "
        "set search_path = public, pg_temp as "
        "$$ select member_id from identity_providers where email_domains ? $1 and is_active limit 1 $$"
    )
    # Nobody leads another member's people to a provider of their own.
    op.execute(
        "create function seve_domain_of_others(text) returns boolean language sql stable security definer "
        "set search_path = public, pg_temp as "
        "$$ select exists (select from staff where split_part(email, '@', 2) = lower($1) and is_active "
        "and member_id is distinct from seve_member()) $$"
    )
    for name in ("seve_member_of_email_domain", "seve_domain_of_others"):
        op.execute(f"revoke all on function {name}(text) from public")
        op.execute(f"grant execute on function {name}(text) to seve_app")


def _let_members_choose() -> None:
    op.execute(f"grant update ({OWN_LINE}) on members to seve_app")
    op.execute("grant delete on teams to seve_app")  # those that nothing ever knew


def _let_operators_work() -> None:
    for table, rights in OPERATOR.items():
        op.execute(f"grant {rights} on {table} to seve_operator")
    for table in OPERATOR.keys() - {"network_readers"}:
        op.execute(f"create policy operators on {table} to seve_operator using (true) with check (true)")


def _make_search() -> None:
    """Index the words of a complaint: French stems of what was written; names, place and references as they are."""
    op.execute(
        "create function seve_fold(text) returns text language sql immutable parallel safe as "
        f"$$ select translate(replace(lower($1), 'œ', 'oe'), '{ACCENTED}', '{PLAIN}') $$"
    )
    op.execute(
        "alter table complaints add column search tsvector generated always as ("
        "to_tsvector('french', seve_fold(text)) || to_tsvector('simple', seve_fold(reference || ' ' || "
        "coalesce(tenant_name, '') || ' ' || coalesce(tenant_reference, '') || ' ' || place_words))) stored"
    )
    op.create_index("ix_complaints_search", "complaints", ["search"], postgresql_using="gin")


def _count() -> None:
    for name, kind in COUNTED:
        op.add_column("complaints", sa.Column(name, kind, nullable=True))
    op.create_foreign_key(op.f("fk_complaints_first_team_id"), "complaints", "teams", ["first_team_id"], ["id"])
    op.create_index(
        "ix_complaints_figures", "complaints", ["member_id", "submitted_at"], postgresql_include=list(IN_FIGURES)
    )
    op.create_index(
        "ix_complaints_uncounted",
        "complaints",
        ["member_id"],
        postgresql_where=sa.text("answer_due_at is null"),
    )
    # What is about a complaint is looked up row by row to say who may see it. Figures join complaints, where that is
    # said once for all of them: so they read these views, which hold no word, and are of one member only.
    for name, (table, columns) in FIGURES.items():
        op.execute(
            f"create view {name} with (security_barrier) as select {columns} from {table} "
            "where member_id = (select seve_member())"
        )
        op.execute(f"grant select on {name} to seve_app")
    op.create_index("ix_handovers_member_offered", "handovers", ["member_id", "offered_at"])
    op.create_index("ix_feedback_member_at", "feedback", ["member_id", "at"])
    op.create_index("ix_corrections_member_at", "corrections", ["member_id", "at"])


def _stop_counting() -> None:
    for name in FIGURES:
        op.execute(f"drop view {name}")
    op.drop_index("ix_corrections_member_at", table_name="corrections")
    op.drop_index("ix_feedback_member_at", table_name="feedback")
    op.drop_index("ix_handovers_member_offered", table_name="handovers")
    op.drop_index("ix_complaints_uncounted", table_name="complaints")
    op.drop_index("ix_complaints_figures", table_name="complaints")
    op.drop_constraint(op.f("fk_complaints_first_team_id"), "complaints", type_="foreignkey")
    for name, _ in COUNTED:
        op.drop_column("complaints", name)


def _let_erase() -> None:
    """Let the application erase the words and names of one complaint that is over: all of them, and nothing else.

    It may change no event; this function may, and says in return what it emptied.
    """
    left = ", ".join(f"'{key}'" for key in LEFT)
    emptied = {
        "events": "update events set data = coalesce((select jsonb_object_agg(key, value) from jsonb_each(data) "
        f"where key in ({left})), '{{}}') where complaint_id = erased",
        "attachments": "delete from attachments where complaint_id = erased",
        "deliveries": "update deliveries set recipient = id::text, data = '{}', last_error = null "
        "where complaint_id = erased",
        "feedback": "update feedback set comment = null where complaint_id = erased",
        "corrections": "update corrections set reason = '' where complaint_id = erased",
        "training_examples": "delete from training_examples where complaint_id = erased",
        "handovers": "update handovers set named_recipient = null where complaint_id = erased",
        "incident_links": "update incident_links set household = id::text where complaint_id = erased",
        "commitments": "update commitments set what = '', dropped_why = null where complaint_id = erased",
        "confidants": "delete from confidants where complaint_id = erased",
        "referrals": "update referrals set reason = null where complaint_id = erased",
        "submission_keys": "delete from submission_keys where complaint_id = erased",
        "drafts": "delete from drafts where complaint_id = erased",
    }
    counted = " ".join(
        f"{statement}; get diagnostics emptied = row_count; counts := counts || jsonb_build_object('{table}', emptied);"
        for table, statement in emptied.items()
    )
    op.execute(
        "create function seve_erase(erased uuid, moment timestamptz) returns jsonb language plpgsql security definer "
        "set search_path = public, pg_temp as $$ "
        "declare counts jsonb := '{}'; emptied integer; "
        "begin perform from complaints where id = erased and member_id = seve_member() and status = 'closed' "
        "and erased_at is null for update; "
        "if not found then return null; end if; "
        f"{counted} "
        "update complaints set erased_at = moment, text = '', tracking_token = gen_random_uuid()::text, "
        "place_given = '{}', place_words = '', "
        "tenant_reference = null, tenant_name = null, tenant_email = null, tenant_phone = null, "
        "details = '{}', return_url = null, needs = '[]', words = '[]', alternatives = '[]', closing_sentence = '', "
        "dwelling_id = null, read_at = null where id = erased; "
        "return counts; end $$"
    )
    op.execute("revoke all on function seve_erase(uuid, timestamptz) from public")
    op.execute("grant execute on function seve_erase(uuid, timestamptz) to seve_app")


def _make_lists() -> None:
    """Order and narrow the lists of the inbox, whatever the length of the table."""
    op.add_column(
        "complaints",
        sa.Column("moved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.add_column("complaints", sa.Column("unsolved_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "alter table complaints add column due_key timestamptz generated always as "
        "(coalesce(due_at, '9999-01-01 00:00:00+00'::timestamptz)) stored"
    )
    op.execute(
        "update complaints set moved_at = last.at, unsolved_at = last.unsolved_at, place_words = last.place from ("
        "select one.id, coalesce((select max(at) from events where complaint_id = one.id), one.submitted_at) as at, "
        "(select max(at) from events where complaint_id = one.id and kind = 'reopened' and not exists ("
        "select from events after where after.complaint_id = one.id and after.id > events.id "
        "and after.kind in ('answered', 'closed', 'asked', 'planned', 'transferred', 'passed_on'))) as unsolved_at, "
        "coalesce(nullif(concat_ws(' ', residences.name, dwellings.address_line, 'bâtiment ' || dwellings.building, "
        "residences.postcode, residences.city, dwellings.reference), ''), "
        "concat_ws(' ', place_given->'address'->>'line', place_given->'address'->>'postcode', "
        "place_given->'address'->>'city', place_given->>'reference')) as place "
        "from complaints one left join residences on residences.id = one.residence_id "
        "left join dwellings on dwellings.id = one.dwelling_id) last where last.id = complaints.id"
    )
    for name in ("ix_complaints_member_submitted", "ix_complaints_member_status", "ix_complaints_audit",
                 "ix_complaints_due"):  # fmt: skip
        op.drop_index(name, table_name="complaints")
    op.create_index("ix_complaints_member_submitted", "complaints", NEWEST, postgresql_include=NARROWED)
    op.create_index(
        "ix_complaints_member_due", "complaints", ["member_id", "due_key", "id"], postgresql_include=NARROWED
    )
    op.create_index(
        "ix_complaints_member_category", "complaints", ["member_id", "category", "submitted_at", "id"],
        postgresql_include=[name for name in NARROWED if name != "category"],
    )  # fmt: skip
    for name, (keys, condition) in LISTS.items():
        op.create_index(
            f"ix_complaints_{name}", "complaints", keys,
            postgresql_include=BESIDE.get(name, ["is_sensitive"]),
            postgresql_where=sa.text(condition),
        )  # fmt: skip
    op.create_index(
        "ix_handovers_offered", "handovers", ["member_id", "answer_due_at"],
        postgresql_where=sa.text("status = 'offered'"),
    )  # fmt: skip
    for statement in SEARCH:
        op.execute(statement)


def _drop_lists() -> None:
    for signature in ("seve_search(text[], jsonb, timestamptz, timestamptz, timestamptz, uuid, integer)",
                      "seve_query(text[])"):  # fmt: skip
        op.execute(f"drop function {signature}")
    op.drop_index("ix_handovers_offered", table_name="handovers")
    for name in LISTS:
        op.drop_index(f"ix_complaints_{name}", table_name="complaints")
    for name in ("ix_complaints_member_category", "ix_complaints_member_due", "ix_complaints_member_submitted"):
        op.drop_index(name, table_name="complaints")
    op.create_index("ix_complaints_member_submitted", "complaints", NEWEST)
    op.create_index("ix_complaints_member_status", "complaints", ["member_id", "status", "submitted_at", "id"])
    op.create_index("ix_complaints_audit", "complaints", NEWEST, postgresql_where=sa.text("audit_due"))
    op.create_index(
        "ix_complaints_due", "complaints", ["member_id", "due_at"], postgresql_where=sa.text("due_at is not null")
    )
    for name in ("due_key", "unsolved_at", "moved_at"):
        op.drop_column("complaints", name)


def _drop_search() -> None:
    op.drop_index("ix_complaints_search", table_name="complaints")
    op.drop_column("complaints", "search")
    op.execute("drop function seve_fold(text)")


def _create_tables() -> None:  # noqa: PLR0915  One table after the other.
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index("ix_sign_in_attempts_key_at", "sign_in_attempts", ["key", "at"], unique=False)
    op.create_table(
        "answer_templates",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("family", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state in ('first', 'going_on', 'late', 'waiting')", name=op.f("ck_answer_templates_state")),
        sa.CheckConstraint(
            "use in ('answer', 'question', 'closing', 'partner', 'news')", name=op.f("ck_answer_templates_use")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_answer_templates_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_templates")),
        sa.UniqueConstraint("member_id", "name", name=op.f("uq_answer_templates_member_id_name")),
    )
    op.create_index(op.f("ix_answer_templates_member_id"), "answer_templates", ["member_id"], unique=False)
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_audit_entries_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint(
            "member_id", "number", name=op.f("uq_audit_entries_member_id_number"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_index("ix_audit_entries_at", "audit_entries", ["member_id", "at"], unique=False)
    op.create_table(
        "identity_providers",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("sealed_secret", sa.String(), nullable=True),
        sa.Column("email_domains", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_the_only_way", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_identity_providers_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_providers")),
        sa.UniqueConstraint("member_id", name=op.f("uq_identity_providers_member_id")),
    )
    op.create_index(op.f("ix_identity_providers_member_id"), "identity_providers", ["member_id"], unique=False)
    op.create_table(
        "network_sessions",
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("means", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["reader_id"], ["network_readers.id"], name=op.f("fk_network_sessions_reader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_sessions")),
    )
    op.create_index(
        "ix_network_sessions_live",
        "network_sessions",
        ["reader_id"],
        unique=False,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "retention_rules",
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("months between 1 and 120", name=op.f("ck_retention_rules_months")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_retention_rules_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rules")),
        sa.UniqueConstraint(
            "member_id",
            "category",
            "outcome",
            name=op.f("uq_retention_rules_member_id_category_outcome"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_retention_rules_member_id"), "retention_rules", ["member_id"], unique=False)
    op.create_table(
        "thresholds",
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("confidence between 0 and 1", name=op.f("ck_thresholds_confidence")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_thresholds_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thresholds")),
        sa.UniqueConstraint("member_id", "category", name=op.f("uq_thresholds_member_id_category")),
    )
    op.create_index(op.f("ix_thresholds_member_id"), "thresholds", ["member_id"], unique=False)
    op.create_table(
        "bulk_acts",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('assign', 'categorise', 'answer', 'link')", name=op.f("ck_bulk_acts_kind")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_bulk_acts_member_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_bulk_acts_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_acts")),
    )
    op.create_index(op.f("ix_bulk_acts_member_id"), "bulk_acts", ["member_id"], unique=False)
    op.create_index(op.f("ix_bulk_acts_staff_id"), "bulk_acts", ["staff_id"], unique=False)
    op.create_table(
        "exports",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("query", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("format in ('csv', 'xlsx')", name=op.f("ck_exports_format")),
        sa.CheckConstraint("status in ('waiting', 'ready', 'failed', 'expired')", name=op.f("ck_exports_status")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_exports_member_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_exports_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    op.create_index(op.f("ix_exports_member_id"), "exports", ["member_id"], unique=False)
    op.create_index(op.f("ix_exports_staff_id"), "exports", ["staff_id"], unique=False)
    op.create_index(
        "ix_exports_waiting", "exports", ["member_id"], unique=False, postgresql_where=sa.text("status = 'waiting'")
    )
    op.create_table(
        "export_pieces",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"], ["exports.id"], name=op.f("fk_export_pieces_export_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_export_pieces_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_pieces")),
        sa.UniqueConstraint("export_id", "number", name=op.f("uq_export_pieces_export_id_number")),
    )
    op.create_index(op.f("ix_export_pieces_member_id"), "export_pieces", ["member_id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("purpose in ('welcome', 'forgotten')", name=op.f("ck_invitations_purpose")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_invitations_member_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_invitations_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
    )
    op.create_index(op.f("ix_invitations_member_id"), "invitations", ["member_id"], unique=False)
    op.create_index(op.f("ix_invitations_staff_id"), "invitations", ["staff_id"], unique=False)
    op.create_index("uq_invitations_token_hash", "invitations", ["token_hash"], unique=True)
    op.create_table(
        "passkeys",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_passkeys_member_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_passkeys_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index(op.f("ix_passkeys_member_id"), "passkeys", ["member_id"], unique=False)
    op.create_index(op.f("ix_passkeys_staff_id"), "passkeys", ["staff_id"], unique=False)
    op.create_table(
        "proposals",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "decided_by_id <> asked_by_id or decision = 'withdrawn'", name=op.f("ck_proposals_four_eyes")
        ),
        sa.CheckConstraint(
            "decision in ('agreed', 'refused', 'withdrawn', 'expired')", name=op.f("ck_proposals_decision")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_proposals_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff.id"], name=op.f("fk_proposals_decided_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_proposals_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index(op.f("ix_proposals_member_id"), "proposals", ["member_id"], unique=False)
    op.create_table(
        "saved_views",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("is_shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("not (is_shared and team_id is not null)", name=op.f("ck_saved_views_shared_once")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_saved_views_member_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_saved_views_staff_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_saved_views_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("staff_id", "name", name=op.f("uq_saved_views_staff_id_name")),
    )
    op.create_index(op.f("ix_saved_views_member_id"), "saved_views", ["member_id"], unique=False)
    op.create_index(op.f("ix_saved_views_staff_id"), "saved_views", ["staff_id"], unique=False)
    op.create_table(
        "searches",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_searches_member_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_searches_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches")),
    )
    op.create_index("ix_searches_at", "searches", ["member_id", "at"], unique=False)
    op.create_index(op.f("ix_searches_member_id"), "searches", ["member_id"], unique=False)
    op.create_table(
        "staff_sessions",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("means", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_staff_sessions_member_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
    )
    op.create_index(
        "ix_staff_sessions_live",
        "staff_sessions",
        ["staff_id"],
        unique=False,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_index(op.f("ix_staff_sessions_member_id"), "staff_sessions", ["member_id"], unique=False)
    op.create_table(
        "team_roles",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("role in ('reader', 'agent', 'supervisor')", name=op.f("ck_team_roles_role")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_team_roles_member_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_team_roles_staff_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_roles_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_roles")),
        sa.UniqueConstraint("staff_id", "team_id", name=op.f("uq_team_roles_staff_id_team_id")),
    )
    op.create_index(op.f("ix_team_roles_member_id"), "team_roles", ["member_id"], unique=False)
    op.create_index(op.f("ix_team_roles_staff_id"), "team_roles", ["staff_id"], unique=False)
    op.create_index(op.f("ix_team_roles_team_id"), "team_roles", ["team_id"], unique=False)
    op.create_table(
        "complaint_views",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_views_complaint_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_complaint_views_member_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_complaint_views_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_views")),
    )
    op.create_index("ix_complaint_views_at", "complaint_views", ["member_id", "at"], unique=False)
    op.create_index("ix_complaint_views_complaint", "complaint_views", ["complaint_id", "at"], unique=False)
    op.create_table(
        "confidants",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("named_by", sa.String(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_confidants_complaint_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_confidants_member_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_confidants_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confidants")),
        sa.UniqueConstraint("complaint_id", "staff_id", name=op.f("uq_confidants_complaint_id_staff_id")),
    )
    op.create_index(op.f("ix_confidants_member_id"), "confidants", ["member_id"], unique=False)
    op.create_index(op.f("ix_confidants_staff_id"), "confidants", ["staff_id"], unique=False)
    op.create_table(
        "erasures",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_erasures_complaint_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_erasures_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_erasures_complaint_id")),
    )
    op.create_index(op.f("ix_erasures_member_id"), "erasures", ["member_id"], unique=False)
    op.create_table(
        "holds",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("placed_by", sa.String(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_holds_complaint_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_holds_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index("ix_holds_complaint", "holds", ["complaint_id"], unique=False)
    op.create_index(op.f("ix_holds_member_id"), "holds", ["member_id"], unique=False)
    op.create_table(
        "presences",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_writing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_presences_complaint_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_presences_member_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_presences_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presences")),
        sa.UniqueConstraint("complaint_id", "staff_id", name=op.f("uq_presences_complaint_id_staff_id")),
    )
    op.create_index(op.f("ix_presences_member_id"), "presences", ["member_id"], unique=False)
    op.create_index(op.f("ix_presences_staff_id"), "presences", ["staff_id"], unique=False)
    op.create_table(
        "commitments",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_why", sa.String(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kept_at is null or dropped_at is null", name=op.f("ck_commitments_one_end")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_commitments_complaint_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_commitments_event_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_commitments_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
        sa.UniqueConstraint("event_id", name=op.f("uq_commitments_event_id")),
    )
    op.create_index(op.f("ix_commitments_complaint_id"), "commitments", ["complaint_id"], unique=False)
    op.create_index(op.f("ix_commitments_member_id"), "commitments", ["member_id"], unique=False)
    op.create_index(
        "ix_commitments_open",
        "commitments",
        ["member_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("kept_at is null and dropped_at is null"),
    )


def _alter_tables() -> None:
    op.execute("grant delete on training_examples to seve_app")  # a word taken back is no example
    op.drop_index(op.f("ix_events_member_id"), table_name="events")
    op.create_index("ix_events_member", "events", ["member_id", "id"], unique=False)
    op.add_column("complaints", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("complaints", sa.Column("place_words", sa.String(), server_default="", nullable=False))
    op.add_column("complaints", sa.Column("is_marked", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column(
        "complaints", sa.Column("is_sensitive", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("members", sa.Column("second_factor", sa.String(), server_default="optional", nullable=False))
    op.add_column("members", sa.Column("idle_minutes", sa.Integer(), server_default="60", nullable=False))
    op.add_column("network_readers", sa.Column("role", sa.String(), server_default="reader", nullable=False))
    op.add_column(
        "network_readers", sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    op.add_column("network_readers", sa.Column("totp_sealed", sa.String(), nullable=True))
    op.add_column("network_readers", sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("network_readers", sa.Column("totp_last_step", sa.Integer(), nullable=True))
    op.add_column(
        "network_readers",
        sa.Column(
            "recovery_hashes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
    )
    op.add_column("staff", sa.Column("subject", sa.String(), nullable=True))
    op.add_column("staff", sa.Column("departed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("staff", sa.Column("is_named", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("staff", sa.Column("absent_from", sa.Date(), nullable=True))
    op.add_column("staff", sa.Column("absent_until", sa.Date(), nullable=True))
    op.add_column("staff", sa.Column("substitute_id", sa.Uuid(), nullable=True))
    op.add_column(
        "staff",
        sa.Column("choices", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("staff", sa.Column("totp_sealed", sa.String(), nullable=True))
    op.add_column("staff", sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("staff", sa.Column("totp_last_step", sa.Integer(), nullable=True))
    op.add_column(
        "staff",
        sa.Column(
            "recovery_hashes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
    )
    op.alter_column("staff", "password_hash", existing_type=sa.VARCHAR(), nullable=True)
    op.create_index("uq_staff_subject", "staff", ["member_id", "subject"], unique=True)
    op.create_foreign_key(op.f("fk_staff_substitute_id"), "staff", "staff", ["substitute_id"], ["id"])
    for table, name, condition in CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def downgrade() -> None:
    with _no_hurry():
        _stop_counting()
        op.execute("drop function seve_erase(uuid, timestamptz)")
        _drop_lists()
        _drop_search()
        _take_operators_rights()
        op.execute("revoke delete on teams from seve_app")
        op.execute(f"revoke update ({OWN_LINE}) on members from seve_app")
        op.execute("drop function seve_member_of_email_domain(text)")
        op.execute("drop function seve_domain_of_others(text)")
        _see_sensitive_again()
        op.execute("revoke select, insert, update on network_readers from seve_app")
        _undo_alterations()
        _drop_tables()


def _take_operators_rights() -> None:
    for table in OPERATOR.keys() - {"network_readers"}:
        op.execute(f"drop policy operators on {table}")
    for table in OPERATOR:
        op.execute(f"revoke all on {table} from seve_operator")


def _undo_alterations() -> None:
    op.execute("revoke delete on training_examples from seve_app")
    op.drop_index("ix_events_member", table_name="events")
    op.create_index(op.f("ix_events_member_id"), "events", ["member_id"], unique=False)
    for table, name, _condition in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.execute("update staff set password_hash = '' where password_hash is null")  # which no password fits
    op.execute("update staff set role = 'supervisor' where role = 'administrator'")
    op.execute("update staff set role = 'agent' where role = 'reader'")
    op.drop_constraint(op.f("fk_staff_substitute_id"), "staff", type_="foreignkey")
    op.drop_index("uq_staff_subject", table_name="staff")
    op.alter_column("staff", "password_hash", existing_type=sa.VARCHAR(), nullable=False)
    op.drop_column("staff", "recovery_hashes")
    op.drop_column("staff", "totp_last_step")
    op.drop_column("staff", "totp_confirmed_at")
    op.drop_column("staff", "totp_sealed")
    op.drop_column("staff", "choices")
    op.drop_column("staff", "substitute_id")
    op.drop_column("staff", "absent_until")
    op.drop_column("staff", "absent_from")
    op.drop_column("staff", "is_named")
    op.drop_column("staff", "departed_at")
    op.drop_column("staff", "subject")
    op.drop_column("network_readers", "recovery_hashes")
    op.drop_column("network_readers", "totp_last_step")
    op.drop_column("network_readers", "totp_confirmed_at")
    op.drop_column("network_readers", "totp_sealed")
    op.drop_column("network_readers", "is_active")
    op.drop_column("network_readers", "role")
    op.drop_column("members", "idle_minutes")
    op.drop_column("members", "second_factor")
    op.drop_column("complaints", "is_sensitive")
    op.drop_column("complaints", "is_marked")
    op.drop_column("complaints", "place_words")
    op.drop_column("complaints", "erased_at")


def _drop_tables() -> None:  # noqa: PLR0915  The same, backwards.
    op.drop_index(
        "ix_commitments_open",
        table_name="commitments",
        postgresql_where=sa.text("kept_at is null and dropped_at is null"),
    )
    op.drop_index(op.f("ix_commitments_member_id"), table_name="commitments")
    op.drop_index(op.f("ix_commitments_complaint_id"), table_name="commitments")
    op.drop_table("commitments")
    op.drop_index(op.f("ix_presences_staff_id"), table_name="presences")
    op.drop_index(op.f("ix_presences_member_id"), table_name="presences")
    op.drop_table("presences")
    op.drop_index(op.f("ix_holds_member_id"), table_name="holds")
    op.drop_index("ix_holds_complaint", table_name="holds")
    op.drop_table("holds")
    op.drop_index(op.f("ix_erasures_member_id"), table_name="erasures")
    op.drop_table("erasures")
    op.drop_index(op.f("ix_confidants_staff_id"), table_name="confidants")
    op.drop_index(op.f("ix_confidants_member_id"), table_name="confidants")
    op.drop_table("confidants")
    op.drop_index("ix_complaint_views_complaint", table_name="complaint_views")
    op.drop_index("ix_complaint_views_at", table_name="complaint_views")
    op.drop_table("complaint_views")
    op.drop_index(op.f("ix_team_roles_team_id"), table_name="team_roles")
    op.drop_index(op.f("ix_team_roles_staff_id"), table_name="team_roles")
    op.drop_index(op.f("ix_team_roles_member_id"), table_name="team_roles")
    op.drop_table("team_roles")
    op.drop_index(op.f("ix_staff_sessions_member_id"), table_name="staff_sessions")
    op.drop_index("ix_staff_sessions_live", table_name="staff_sessions", postgresql_where=sa.text("ended_at is null"))
    op.drop_table("staff_sessions")
    op.drop_index(op.f("ix_searches_member_id"), table_name="searches")
    op.drop_index("ix_searches_at", table_name="searches")
    op.drop_table("searches")
    op.drop_index(op.f("ix_saved_views_staff_id"), table_name="saved_views")
    op.drop_index(op.f("ix_saved_views_member_id"), table_name="saved_views")
    op.drop_table("saved_views")
    op.drop_index(op.f("ix_proposals_member_id"), table_name="proposals")
    op.drop_table("proposals")
    op.drop_index(op.f("ix_passkeys_staff_id"), table_name="passkeys")
    op.drop_index(op.f("ix_passkeys_member_id"), table_name="passkeys")
    op.drop_table("passkeys")
    op.drop_index("uq_invitations_token_hash", table_name="invitations")
    op.drop_index(op.f("ix_invitations_staff_id"), table_name="invitations")
    op.drop_index(op.f("ix_invitations_member_id"), table_name="invitations")
    op.drop_table("invitations")
    op.drop_index(op.f("ix_export_pieces_member_id"), table_name="export_pieces")
    op.drop_table("export_pieces")
    op.drop_index("ix_exports_waiting", table_name="exports", postgresql_where=sa.text("status = 'waiting'"))
    op.drop_index(op.f("ix_exports_staff_id"), table_name="exports")
    op.drop_index(op.f("ix_exports_member_id"), table_name="exports")
    op.drop_table("exports")
    op.drop_index(op.f("ix_bulk_acts_staff_id"), table_name="bulk_acts")
    op.drop_index(op.f("ix_bulk_acts_member_id"), table_name="bulk_acts")
    op.drop_table("bulk_acts")
    op.drop_index(op.f("ix_thresholds_member_id"), table_name="thresholds")
    op.drop_table("thresholds")
    op.drop_index(op.f("ix_retention_rules_member_id"), table_name="retention_rules")
    op.drop_table("retention_rules")
    op.drop_index(
        "ix_network_sessions_live", table_name="network_sessions", postgresql_where=sa.text("ended_at is null")
    )
    op.drop_table("network_sessions")
    op.drop_index(op.f("ix_identity_providers_member_id"), table_name="identity_providers")
    op.drop_table("identity_providers")
    op.drop_index("ix_audit_entries_at", table_name="audit_entries")
    op.drop_table("audit_entries")
    op.drop_index(op.f("ix_answer_templates_member_id"), table_name="answer_templates")
    op.drop_table("answer_templates")
    op.drop_index("ix_sign_in_attempts_key_at", table_name="sign_in_attempts")
    op.drop_table("sign_in_attempts")
