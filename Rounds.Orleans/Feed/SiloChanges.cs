using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;
using Tributary.Feed.Changes;

namespace Tributary.Rounds.Orleans.Feed;

/// <inheritdoc cref="ISiloChanges"/>
internal sealed class SiloChanges(
    GrainId id, Silo silo, ILoggerFactory loggers, ChangeWatch watch, TimeProvider time)
    : GrainService(id, silo, loggers), ISiloChanges
{
    // Orleans runs one step of a grain service at a time.
    private readonly ChangeSessions sessions = new(watch, time);

    public Task<long> Open(WireKey[] keys) => Task.FromResult(sessions.Open(keys));

    public Task<bool> Change(long session, WireKey[] added, WireKey[] removed) =>
        Task.FromResult(sessions.Change(session, added, removed));

    public Task<ChangeReport?> Listen(long session) => sessions.ListenAsync(session);
}

/// <summary>References to the changes of silos.</summary>
internal sealed class SiloChangesClient(IServiceProvider services) : GrainServiceClient<ISiloChanges>(services)
{
    public IChangeSource At(SiloAddress silo) => new Source(GetGrainService(silo));

    private sealed class Source(ISiloChanges silo) : IChangeSource
    {
        public Task<long> Open(WireKey[] keys) => silo.Open(keys);

        public Task<bool> Change(long session, WireKey[] added, WireKey[] removed) =>
            silo.Change(session, added, removed);

        public Task<ChangeReport?> Listen(long session) => silo.Listen(session);
    }
}
