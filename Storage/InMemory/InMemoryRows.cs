using Tributary.Storage.Queries;

namespace Tributary.Storage.InMemory;

/// <summary>What the reads of all rows share.</summary>
internal static class InMemoryRows
{
    public static RowChunk<T> Fill<T>(RowChunk<T> chunk, IEnumerable<T> rows)
    {
        foreach (var row in rows)
        {
            if (!chunk.Take(row))
                break;
        }

        return chunk;
    }
}
