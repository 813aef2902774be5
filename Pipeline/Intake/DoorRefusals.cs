using System.Collections.Frozen;

namespace Tributary.Pipeline.Intake;

/// <summary>What an error at the door means for the message that met it.</summary>
public enum RefusalKind
{
    /// <summary>
    /// This message can never be stored as it is: it is kept apart with its reason, or goes to the dead letters.
    /// </summary>
    Final,

    /// <summary>
    /// Time or an operator can cure it, and it is about this message or its item: it is kept and offered again; others
    /// go on.
    /// </summary>
    CurableAlone,

    /// <summary>
    /// Time or an operator can cure it, and every message meets it: nothing is taken until it is over.
    /// </summary>
    CurableForAll,
}

/// <summary>
/// Which errors of the door are final and which can be cured: the one place that tells. An error that is not named here
/// counts as one that can be cured and concerns its message alone, which is safe both ways: the message is durable
/// before its sender hears of it, and holds up no other.
/// </summary>
public static class DoorRefusals
{
    private static readonly FrozenDictionary<string, RefusalKind> Kinds = new Dictionary<string, RefusalKind>
    {
        // The message says so of itself; the same bytes meet the same error again.
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
        // what is kept of the message too, and then the delivery waits.
        ["refused_by_store"] = RefusalKind.Final,

        // The item's other messages are retried or mended, or a build comes that can read it or has this fault mended.
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
        ["internal"] = RefusalKind.CurableAlone,

        ["overloaded"] = RefusalKind.CurableForAll,
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

        // The process ends: whatever was on its way through it was not taken.
        OperationCanceledException or ObjectDisposedException => RefusalKind.CurableForAll,
        _ => RefusalKind.CurableAlone,
    };

    /// <summary>The code of an error, <c>internal</c> when it has none.</summary>
    public static string CodeOf(Exception error) => error is TributaryException known ? known.Code : "internal";
}
