using Tributary.Silo.Hosting.Node;
using Tributary.Storage;

namespace Tributary.Silo.Composition;

/// <summary>The database, and what can be read of it without the engine.</summary>
internal static class StoreServices
{
    public static IServiceCollection AddTributaryStore(this IServiceCollection services) => services
        .AddSingleton<NodeStore>()
        .AddSingleton<NodeScratch>()
        // For others in the host; known once the store is open.
        .AddSingleton(static host => StoreOf(host).Messages)
        .AddSingleton(static host => StoreOf(host).Items)
        .AddSingleton(static host => StoreOf(host).Aggregates)
        .AddSingleton(static host => StoreOf(host).Records)
        .AddSingleton(static host => StoreOf(host).Failures)
        .AddSingleton(static host => StoreOf(host).Ledger)
        .AddSingleton(static host => StoreOf(host).GrainStates)
        .AddSingleton(static host => StoreOf(host).GrainReminders);

    private static IStore StoreOf(IServiceProvider host) => host.GetRequiredService<NodeStore>().Store;
}
