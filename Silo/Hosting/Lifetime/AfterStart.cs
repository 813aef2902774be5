namespace Tributary.Silo.Hosting.Lifetime;

/// <summary>
/// An object that a step of the start makes and that other services of the node use from then on. Reading it earlier
/// fails with its name.
/// </summary>
internal sealed class AfterStart<T>
    where T : class
{
    private readonly TaskCompletionSource<T> made = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile T? value;

    /// <exception cref="InvalidOperationException">The step that makes the object has not ended.</exception>
    public T Value => value
        ?? throw new InvalidOperationException($"{typeof(T).Name} is known once the node has started, and not before.");

    /// <summary>False until the step that makes the object has ended.</summary>
    public bool IsKnown => value is not null;

    /// <summary>
    /// Completes when the object is known; never, when the start fails: code that waits for this also waits for the end
    /// of the process.
    /// </summary>
    public Task<T> WhenKnown => made.Task;

    /// <summary>Called once, by the step that makes the object.</summary>
    public void Set(T known)
    {
        value = known;
        made.SetResult(known);
    }
}
