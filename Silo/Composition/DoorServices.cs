using Tributary.Api;
using Tributary.Pipeline.Intake;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Silo.Hosting.Node;

namespace Tributary.Silo.Composition;

/// <summary>The services that bring messages in: the door for posts, and brokers.</summary>
internal static class DoorServices
{
    public static IServiceCollection AddTributaryDoors(this IServiceCollection services) => services
        .AddSingleton<NodeDoors>()
        .AddSingleton<Processing>()
        .AddSingleton<Listeners>()
        .AddSingleton<ApiNodes>()
        .AddSingleton<StoredGenerations>()
        // Known once the node has started; other services of the host post through this door.
        .AddSingleton(static host => host.GetRequiredService<AfterStart<ApiNode>>().Value)
        .AddSingleton(static host => (MessageIntake)host.GetRequiredService<ApiNode>().Intake);
}
