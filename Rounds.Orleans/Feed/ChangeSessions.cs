using Tributary.Feed.Changes;

namespace Tributary.Rounds.Orleans.Feed;

/// <summary>The sessions of the nodes that listen to one origin of changes. Its owner serialises all calls.</summary>
internal sealed class ChangeSessions(IChangeOrigin origin, TimeProvider time)
{
    /// <summary>Most sessions: one for each node of the cluster, and those that their nodes have begun again.</summary>
    private const int MaxSessionsCount = 256;

    /// <summary>
    /// Most keys of a session; a node that watches more is refused, and reads what it watches regularly.
    /// </summary>
    private const int MaxKeysCount = 100_000;

    /// <summary>The longest wait of a call: far below the time in which Orleans gives a call up.</summary>
    private static readonly TimeSpan MaxListenTime = TimeSpan.FromSeconds(5);

    /// <summary>A session that nobody has listened to for so long is over.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(30);

    private readonly Dictionary<long, ChangeSession> sessions = [];
    private long lastSession;

    /// <summary>True when nobody listens.</summary>
    public bool IsEmpty
    {
        get
        {
            EndSilent();
            return sessions.Count == 0;
        }
    }


    /// <inheritdoc cref="ISiloChanges.Open"/>
    public long Open(WireKey[] keys)
    {
        EndSilent();
        if (sessions.Count >= MaxSessionsCount)
            throw new InvalidOperationException(
                $"{MaxSessionsCount} sessions listen to this silo; allowed: at most that many.");
        var begun = new ChangeSession(origin, time);
        sessions.Add(++lastSession, begun);
        Change(lastSession, begun, keys, []);
        return lastSession;
    }

    /// <inheritdoc cref="ISiloChanges.Change"/>
    public bool Change(long session, WireKey[] added, WireKey[] removed)
    {
        if (!sessions.TryGetValue(session, out var found))
            return false;
        Change(session, found, added, removed);
        return true;
    }

    /// <inheritdoc cref="ISiloChanges.Listen"/>
    public async Task<ChangeReport?> ListenAsync(long session)
    {
        EndSilent();
        return sessions.TryGetValue(session, out var found) ? await found.ListenAsync(MaxListenTime) : null;
    }

    /// <summary>Ends all sessions.</summary>
    public void EndAll()
    {
        foreach (var session in sessions.Keys.ToList())
            End(session);
    }

    private void Change(long session, ChangeSession changed, WireKey[] added, WireKey[] removed)
    {
        changed.Change(
            added.Select(static key => key.ToKey()), removed.Select(static key => key.ToKey()));
        if (changed.KeysCount <= MaxKeysCount)
            return;
        End(session);
        throw new InvalidOperationException(
            $"A node watches {changed.KeysCount} keys; allowed: at most {MaxKeysCount}.");
    }

    private void EndSilent()
    {
        foreach (var (session, found) in sessions.ToList())
        {
            if (found.Silence > MaxSilence)
                End(session);
        }
    }

    private void End(long session)
    {
        if (sessions.Remove(session, out var ended))
            ended.Dispose();
    }
}
