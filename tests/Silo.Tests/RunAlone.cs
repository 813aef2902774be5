namespace Tributary.Silo.Tests;

/// <summary>
/// Tests that load every core of the machine, or that need a process to answer within seconds. They run one after the
/// other, when all others have ended.
/// </summary>
[CollectionDefinition(nameof(RunAlone), DisableParallelization = true)]
public sealed class RunAlone;
