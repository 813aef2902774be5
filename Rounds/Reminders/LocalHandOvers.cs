using Tributary.Messages;

namespace Tributary.Rounds.Reminders;

/// <summary>
/// Objects that turns handed over to activities which do not run yet, bounded by count and bytes. An object that does
/// not fit is dropped, and its activity reads back what it needs. Used by the loop only.
/// </summary>
internal sealed class LocalHandOvers(RoundOptions options)
{
    // The assumed size of an object that does not tell its own.
    private const int OverheadBytes = 256;

    private int count;
    private long bytes;

    public static int SizeOf(object? local) => local switch
    {
        null => 0,
        INeeds needs => Math.Max(needs.SizeBytes, 0),
        Message message => message.Body.Length + OverheadBytes,
        AppendedMessage appended => appended.Message.Body.Length + OverheadBytes,
        _ => OverheadBytes,
    };

    /// <summary>Keeps the object that was handed over with the entry, if there is room.</summary>
    public void Admit(ReminderEntry entry, object? local, int localBytes)
    {
        if (local is null
            || count >= options.MaxLocalHandOversCount
            || bytes + localBytes > options.MaxLocalHandOverBytes)
            return;
        count++;
        bytes += localBytes;
        entry.Local = local;
        entry.LocalBytes = localBytes;
    }

    /// <summary>Takes the object from an entry that starts, or that is gone.</summary>
    public object? Release(ReminderEntry entry)
    {
        if (entry.Local is not { } local)
            return null;
        count--;
        bytes -= entry.LocalBytes;
        entry.Local = null;
        return local;
    }
}
