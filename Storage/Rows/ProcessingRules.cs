using System.Text;
using Tributary.Messages;
using Tributary.Plugins;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Rows;

/// <summary>The rules that parts, records and outcomes keep on every store; see <see cref="RoundRules"/>.</summary>
internal static class ProcessingRules
{
    /// <summary>
    /// The longest stored error, in UTF-16 units; longer errors keep their beginning, which says most.
    /// </summary>
    public const int MaxErrorLength = 4_000;

    /// <summary>The longest name of a plugin, in bytes of UTF-8: it is part of a key.</summary>
    public const int MaxPluginBytes = 512;

    /// <summary>
    /// The longest item and key of a record, each in bytes of UTF-8: together with the generation they are an index
    /// entry.
    /// </summary>
    public const int MaxRecordKeyBytes = 512;

    /// <exception cref="RefusedRoundException">The round breaks a rule.</exception>
    public static void Check(RoundCommit round)
    {
        var raised = 0;
        foreach (var appended in round.Messages)
            raised += Check(appended.Parts);
        foreach (var row in round.Superseded.Concat(round.Parts))
        {
            StorableText.Check(row.Message.Source, "The source");
            StorableText.Check(row.Item, "The item's id");
            raised += Check(row.Parts);
        }

        if (raised > Position.MaxMessagesPerRoundCount)
        {
            throw new RefusedRoundException(
                $"The round raises {raised} failures; at most {Position.MaxMessagesPerRoundCount} fit in one.");
        }

        foreach (var record in round.Records)
            Check(record);
        foreach (var (_, outcome) in round.Outcomes)
        {
            foreach (var key in outcome.Aggregates)
                StorableText.Check(key, "The aggregate's key");
        }
    }

    private static int Check(IReadOnlyList<MessagePart> parts)
    {
        var raised = 0;
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            CheckKey(part.Plugin, "The plugin's name", MaxPluginBytes);
            if (part.Status
                is not (
                    MessageStatus.Processing
                    or MessageStatus.Retrying
                    or MessageStatus.Parked
                    or MessageStatus.Skipped))
                throw new RefusedRoundException(
                    $"A part of a message has the status {part.Status}; allowed are Processing, Retrying, Parked and "
                    + "Skipped.");
            if (!Enum.IsDefined(part.Step))
                throw new RefusedRoundException(
                    $"A part of a message has the step {part.Step}; allowed are "
                    + $"{string.Join(", ", Enum.GetNames<ProcessingStep>())}.");
            raised += part.IsRaised ? 1 : 0;
        }

        return raised;
    }

    private static void Check(in RecordRow record)
    {
        CheckKey(record.Item, "The record's item", MaxRecordKeyBytes);
        CheckKey(record.Key, "The record's key", MaxRecordKeyBytes);
        StorableText.Check(record.Message.Source, "The source");
        if (record.Json.Length > PluginResult.MaxRecordBytes)
        {
            throw new RefusedRoundException(
                $"The record '{record.Key}' of item '{record.Item}' has {record.Json.Length} bytes; allowed are "
                + $"{PluginResult.MaxRecordBytes}.");
        }
    }

    private static void CheckKey(string text, string what, int maxBytes)
    {
        StorableText.Check(text, what);
        // A UTF-16 unit takes at most three bytes: nearly all texts need no counting.
        if (text.Length * 3 > maxBytes && Encoding.UTF8.GetByteCount(text) is var bytes && bytes > maxBytes)
            throw new RefusedRoundException(
                $"{what} '{StorableText.Cut(text, 80)}' has {bytes} bytes of UTF-8; allowed are {maxBytes}.");
    }
}
