using Tributary.Api.GraphQL.Paging;
using Tributary.Storage.Records;

namespace Tributary.Api.Processing;

/// <summary>The mark of a record in the order of a plugin's records, as text.</summary>
internal static class RecordMarkText
{
    public static string Of(RecordMark mark) => CursorKey.Of(mark.Item, mark.Key);

    /// <summary>Null when the text is no mark.</summary>
    public static RecordMark? Read(string text) =>
        CursorKey.Read(text) is [{ } item, { } key] ? new RecordMark(item, key) : null;
}
