using Tributary.Messages;
using Tributary.Storage.Messages;

namespace Tributary.Storage.Records;

/// <summary>Reads of the records that plugins made of items.</summary>
public interface IRecordReads
{
    /// <summary>
    /// Records of one generation, ordered by item, then key, compared as UTF-8. A filter on the document is a bounded
    /// scan.
    /// </summary>
    ValueTask<RecordPage> ReadRecordsAsync(RecordQuery query, CancellationToken cancellation);

    /// <summary>
    /// The records of items in the given generations, at most <paramref name="limitPerItem"/> of each, in one
    /// statement.
    /// </summary>
    ValueTask<IReadOnlyDictionary<string, IReadOnlyList<StoredRecord>>> FindRecordsAsync(
        IReadOnlyList<string> items, IReadOnlyList<int> generations, int limitPerItem, CancellationToken cancellation);
}

/// <param name="Items">Null: any.</param>
/// <param name="Document">A condition on the record's JSON; null: any.</param>
/// <param name="After">Exclusive; null: from the first.</param>
public sealed record RecordQuery(
    int Generation,
    IReadOnlyList<string>? Items,
    BodyCondition? Document,
    RecordMark? After,
    int Limit,
    int MaxScanCount);

/// <summary>A place in the order of records.</summary>
public readonly record struct RecordMark(string Item, string Key);

/// <summary>A record as stored.</summary>
public sealed record StoredRecord(
    int Generation, string Item, string Key, MessageReference Message, ReadOnlyMemory<byte> Json);

/// <param name="ScannedTo">Where to go on; null when nothing was looked at.</param>
/// <param name="IsComplete">True when nothing beyond <paramref name="ScannedTo"/> can match.</param>
/// <param name="ScannedCount">How many rows were looked at.</param>
public sealed record RecordPage(
    IReadOnlyList<StoredRecord> Records, RecordMark? ScannedTo, bool IsComplete, int ScannedCount);
