using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Orleans.Kinds;

/// <summary>
/// Calls of plain Orleans references, which know nothing of rounds, reach an activation of the round grain's class
/// somewhere. It never runs them: this filter, the first of all, sends them on to the grain's partition.
/// </summary>
internal sealed class ForwardingFilter(RoundGrainTypes types, IServiceProvider services) : IIncomingGrainCallFilter
{
    private RoundRouter? router;

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        var type = context.TargetId.Type.ToString() ?? "";
        // Extensions of Orleans, such as the one that cancels calls, are the activation's own.
        if (!types.Contains(type) || !types.IsInterfaceOf(type, context.Request.GetInterfaceType()))
        {
            await context.Invoke();
            return;
        }

        // Found late, because the router calls grains, whose references need the filters of this silo.
        router ??= (RoundRouter)services.GetService(typeof(RoundRouter))!;
        var target = new RoundGrainId(type, context.TargetId.Key.ToString() ?? "");
        // What the turn threw is thrown here: Orleans loses an exception that a filter only sets.
        context.Response = await router.InvokeAsync(
            target, context.Request, context.Request.GetCancellationToken());
    }
}
