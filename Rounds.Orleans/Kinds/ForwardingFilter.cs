using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Orleans.Kinds;

/// <summary>
/// Plain Orleans references know nothing of rounds: their calls reach an activation of the round grain's class in some
/// silo. The activation never runs them. This filter, the first of all, sends them on to the grain's partition.
/// </summary>
internal sealed class ForwardingFilter(RoundGrainTypes types, IServiceProvider services) : IIncomingGrainCallFilter
{
    private RoundRouter? router;

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        var type = context.TargetId.Type.ToString() ?? "";
        // Grain extensions of Orleans, such as the one that cancels calls, belong to the activation.
        if (!types.Contains(type) || !types.IsInterfaceOf(type, context.Request.GetInterfaceType()))
        {
            await context.Invoke();
            return;
        }

        // Resolved late, because the router calls grains, whose references need the filters of this silo.
        router ??= (RoundRouter)services.GetService(typeof(RoundRouter))!;
        var target = new RoundGrainId(type, context.TargetId.Key.ToString() ?? "");
        // An exception of the turn is thrown here: Orleans loses an exception that a filter only sets.
        context.Response = await router.InvokeAsync(
            target, context.Request, context.Request.GetCancellationToken());
    }
}
