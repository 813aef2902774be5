using Tributary.GraphQL;

namespace Tributary.Api.GraphQL;

/// <summary>
/// What one request, or one event of a subscription, may still look at and answer. Fields of a request share it.
/// </summary>
internal sealed class RequestLimits
{
    /// <summary>The most nodes of one page; more is an error.</summary>
    public const int MaxPageCount = 100;

    /// <summary>The nodes of a page when nothing is said.</summary>
    public const int DefaultPageCount = 20;

    /// <summary>
    /// Messages that the searches of one request may look at; a page that is not full then says how far it came.
    /// </summary>
    public const int MaxScanCount = 10_000;

    private readonly SemaphoreSlim search = new(1);
    private readonly long maxAnswerBytes;
    private long bytesLeft;
    private int scansLeft;

    /// <param name="maxAnswerBytes">
    /// Bytes of bodies in one answer: pages end earlier, and what fits nowhere is an error.
    /// </param>
    public RequestLimits(long maxAnswerBytes)
    {
        this.maxAnswerBytes = maxAnswerBytes;
        Renew();
    }

    /// <summary>Bytes of bodies in one answer.</summary>
    public long MaxAnswerBytes => maxAnswerBytes;

    /// <summary>A subscription's events have a whole measure each.</summary>
    public void Renew()
    {
        Volatile.Write(ref bytesLeft, maxAnswerBytes);
        Volatile.Write(ref scansLeft, MaxScanCount);
    }

    /// <summary>
    /// Runs a search with what is left to look at. The searches of a request run one after the other, so that each
    /// knows.
    /// </summary>
    /// <param name="run">Given how many messages it may look at; says how many it did.</param>
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

    /// <summary>Takes room for a body; false when there is not enough left, and a page must end.</summary>
    /// <param name="isFirst">
    /// The first message of a page is let in as long as there is any room, so that a large one can be read at all.
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
