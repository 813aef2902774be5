namespace Tributary.Api.Processing;

/// <summary>A plugin whose results can be read.</summary>
/// <param name="Generation">The id of the generation that readers see.</param>
public sealed record LivePlugin(string Name, int Generation);
