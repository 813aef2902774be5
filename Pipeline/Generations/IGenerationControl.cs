namespace Tributary.Pipeline.Generations;

/// <summary>
/// Demands on generations: to list them, to build one, to switch to it, to give one up; by this process
/// (<see cref="GenerationControl"/>) or by a silo of the cluster. Callable from many threads.
/// </summary>
public interface IGenerationControl
{
    /// <inheritdoc cref="GenerationControl.ListAsync"/>
    ValueTask<IReadOnlyList<GenerationView>> ListAsync();

    /// <inheritdoc cref="GenerationControl.ReprocessAsync"/>
    ValueTask<GenerationView> ReprocessAsync(string name, DateTimeOffset? from, DateTimeOffset? to);

    /// <inheritdoc cref="GenerationControl.CancelAsync"/>
    ValueTask CancelAsync(string name);

    /// <inheritdoc cref="GenerationControl.SwitchAsync"/>
    ValueTask<IReadOnlyList<GenerationView>> SwitchAsync(string name, int number, CancellationToken cancellation);

    /// <inheritdoc cref="GenerationControl.DropAsync"/>
    ValueTask<IReadOnlyList<GenerationView>> DropAsync(string name, int number, CancellationToken cancellation);
}
