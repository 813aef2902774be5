using Tributary.Rounds.Calls;
using Tributary.Silo.Hosting.Doors;
using Tributary.Silo.Hosting.Engine;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Silo.Hosting.Node;

namespace Tributary.Silo.Composition;

/// <summary>The engine, which lives in the Orleans silo, and the listeners to its rounds.</summary>
internal static class EngineServices
{
    public static IServiceCollection AddTributaryEngine(this IServiceCollection services) => services
        .AddSingleton<SiloInstruments>()
        .AddSingleton<NodeGrains>()
        .AddSingleton<RoundGrainTypes>(static host => host.GetRequiredService<NodeGrains>().New())
        .AddSingleton<EngineFactory>()
        .AddSingleton(static host => host.GetRequiredService<EngineFactory>().New())
        .AddSingleton<NodeReferences>()
        .AddSingleton<FailureLog>()
        .AddSingleton<SiloStart>()
        .AddSingleton<DoorKeeper>()
        .AddSingleton<NodeFolds>()
        .AddSingleton<EngineLife>()
        .AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static host => host.GetRequiredService<EngineLife>());
}
