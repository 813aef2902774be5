using Tributary.GraphQL;

namespace Tributary.Api.GraphQL;

/// <summary>
/// The rows that one request, or one event of a subscription, may still read, and the bytes that it may still answer.
/// All fields of a request share them.
/// </summary>
internal sealed class RequestLimits
{
    /// <summary>The most nodes of one page; more is an error.</summary>
    public const int MaxPageCount = 100;

    /// <summary>The nodes of a page by default.</summary>
    public const int DefaultPageCount = 20;

    /// <summary>
    /// The most messages that the searches of one request read; a page that is not full then says how far it came.
    /// </summary>
    public const int MaxScanCount = 10_000;

    private readonly SemaphoreSlim search = new(1);
    private readonly long maxAnswerBytes;
    private long bytesLeft;
    private int scansLeft;

    /// <param name="maxAnswerBytes">
    /// The most bytes of bodies in one answer. Pages end earlier; a body that fits no page is an error.
    /// </param>
    public RequestLimits(long maxAnswerBytes)
    {
        this.maxAnswerBytes = maxAnswerBytes;
        Renew();
    }

    /// <summary>The most bytes of bodies in one answer.</summary>
    public long MaxAnswerBytes => maxAnswerBytes;

    /// <summary>Each event of a subscription has the full limits.</summary>
    public void Renew()
    {
        Volatile.Write(ref bytesLeft, maxAnswerBytes);
        Volatile.Write(ref scansLeft, MaxScanCount);
    }

    /// <summary>
    /// Runs a search with the rows that are left. The searches of a request run one after the other, so that each knows
    /// how many are left.
    /// </summary>
    /// <param name="run">Gets the count of messages that it may read; returns the count that it read.</param>
    public async ValueTask<T> SearchAsync<T>(
        Func<int, ValueTask<(T Result, int ScannedCount)>> run, CancellationToken cancellation)
    {
        await search.WaitAsync(cancellation);
        try
        {
            if (scansLeft <= 0)
                throw new GraphQLException(
                    $"The searches of this request have looked at {MaxScanCount} messages; allowed: at most that many. "
                    + "Ask in several requests.", ErrorCodes.Limit);
            var (result, scannedCount) = await run(scansLeft);
            scansLeft -= scannedCount;
            return result;
        }
        finally
        {
            search.Release();
        }
    }

    /// <summary>Takes room for a body; false when too little is left, so that the page must end.</summary>
    /// <param name="isFirst">
    /// The first message of a page enters while there is any room, so that a large message can be read at all.
    /// </param>
    public bool TryTake(int bytes, bool isFirst)
    {
        var left = Interlocked.Add(ref bytesLeft, -bytes);
        if (left >= 0 || (isFirst && left + bytes > 0))
            return true;
        Interlocked.Add(ref bytesLeft, bytes);
        return isFirst ? throw TooLarge() : false;
    }

    public GraphQLException TooLarge() =>
        new(
            $"The bodies of this answer have more than {maxAnswerBytes} bytes; allowed: at most that many. Ask for "
            + "fewer messages.", ErrorCodes.Limit);
}
