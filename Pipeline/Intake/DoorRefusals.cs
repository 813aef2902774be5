using System.Collections.Frozen;

namespace Tributary.Pipeline.Intake;

/// <summary>The kind of a refusal at the door, for the message that was refused.</summary>
public enum RefusalKind
{
    /// <summary>
    /// This message can never be stored as it is. It is kept apart with its reason, or goes to the dead letters.
    /// </summary>
    Final,

    /// <summary>
    /// Time or an operator can cure the refusal, which concerns this message or its item. The message is kept and
    /// offered again; others go on.
    /// </summary>
    CurableAlone,

    /// <summary>
    /// Time or an operator can cure the refusal, which every message meets. Nothing is taken until it is over.
    /// </summary>
    CurableForAll,
}

/// <summary>
/// The one place that tells final errors of the door from curable ones. An unknown error counts as curable and as its
/// message's own. That is safe: the message is durable before its sender hears of it, and holds up no other.
/// </summary>
public static class DoorRefusals
{
    private static readonly FrozenDictionary<string, RefusalKind> Kinds = new Dictionary<string, RefusalKind>
    {
        // The fault is in the bytes: they meet the same error again.
        ["body_not_json"] = RefusalKind.Final,
        ["body_not_object"] = RefusalKind.Final,
        ["body_too_deep"] = RefusalKind.Final,
        ["body_too_large"] = RefusalKind.Final,
        ["identifier_too_long"] = RefusalKind.Final,
        ["identifier_invalid"] = RefusalKind.Final,
        ["item_missing"] = RefusalKind.Final,
        ["external_id_missing"] = RefusalKind.Final,
        ["external_id_conflict"] = RefusalKind.Final,
        ["message_not_text"] = RefusalKind.Final,
        ["field_missing"] = RefusalKind.Final,
        ["field_invalid"] = RefusalKind.Final,
        ["turn_too_large"] = RefusalKind.Final,
        ["headers_invalid"] = RefusalKind.Final,
        ["frames_unexpected"] = RefusalKind.Final,

        // The database refuses the data of this one message, and would again. An operable fault of the database refuses
        // the kept form too, and then the delivery waits.
        ["refused_by_store"] = RefusalKind.Final,

        // Curable by retries of the item's other messages, or by a build that can read the item or mends the fault.
        ["item_backlog_full"] = RefusalKind.CurableAlone,
        ["state_unreadable"] = RefusalKind.CurableAlone,
        ["external_id_taken"] = RefusalKind.CurableAlone,
        ["arguments_unwritable"] = RefusalKind.CurableAlone,
        ["turn_did_not_complete"] = RefusalKind.CurableAlone,
        ["turn_lost_state"] = RefusalKind.CurableAlone,
        ["grain_type_unknown"] = RefusalKind.CurableAlone,
        ["grain_method_unknown"] = RefusalKind.CurableAlone,
        ["activity_unknown"] = RefusalKind.CurableAlone,
        ["arguments_unreadable"] = RefusalKind.CurableAlone,
        ["pointer_invalid"] = RefusalKind.CurableAlone,

        // The item's partition moves or is at another silo; messages of other items go on.
        ["partition_elsewhere"] = RefusalKind.CurableAlone,

        // The item's silo ended: whether the message is stored is not known, and its key tells at the next attempt.
        ["silo_lost"] = RefusalKind.CurableAlone,

        // The definitions changed again and again while the message was on its way.
        ["definitions_outdated"] = RefusalKind.CurableAlone,
        ["internal"] = RefusalKind.CurableAlone,

        ["overloaded"] = RefusalKind.CurableForAll,
        ["no_silo"] = RefusalKind.CurableForAll,
        ["stopping"] = RefusalKind.CurableForAll,
        ["not_ready"] = RefusalKind.CurableForAll,
        ["roles_apart"] = RefusalKind.CurableForAll,
        ["store_transient"] = RefusalKind.CurableForAll,
        ["store_busy"] = RefusalKind.CurableForAll,
        ["store_full"] = RefusalKind.CurableForAll,
        ["store_fatal"] = RefusalKind.CurableForAll,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every code that can come out of the door.</summary>
    public static IReadOnlyCollection<string> Codes => Kinds.Keys;

    public static RefusalKind KindOf(string code) => Kinds.GetValueOrDefault(code, RefusalKind.CurableAlone);

    public static RefusalKind KindOf(Exception error) => error switch
    {
        TributaryException known => KindOf(known.Code),

        // The process ends: messages on their way through it were not taken.
        OperationCanceledException or ObjectDisposedException => RefusalKind.CurableForAll,
        _ => RefusalKind.CurableAlone,
    };

    /// <summary>The code of an error, <c>internal</c> when it has none.</summary>
    public static string CodeOf(Exception error) => error is TributaryException known ? known.Code : "internal";
}
