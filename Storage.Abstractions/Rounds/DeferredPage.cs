namespace Tributary.Storage.Rounds;

/// <summary>A page of deferred calls.</summary>
/// <param name="Snapshot">Taken no later than the calls were read.</param>
public sealed record DeferredPage(IReadOnlyList<DeferredCall> Calls, Snapshot Snapshot);

/// <summary>Which transactions a read saw.</summary>
/// <param name="Next">No transaction from this one on had ended.</param>
/// <param name="Open">The transactions below <paramref name="Next"/> that had not ended.</param>
public sealed record Snapshot(long Next, IReadOnlyList<long> Open)
{
    /// <summary>True when the rows of the transaction, which is durable, were visible.</summary>
    public bool Sees(long transaction)
    {
        if (transaction >= Next)
            return false;
        for (var i = 0; i < Open.Count; i++)
        {
            if (Open[i] == transaction)
                return false;
        }

        return true;
    }
}
