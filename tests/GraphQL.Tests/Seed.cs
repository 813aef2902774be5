namespace Tributary.GraphQL.Tests;

/// <summary>The seed of generated tests: TRIBUTARY_SEED repeats a run, otherwise each run has its own. Tests print it when they fail.</summary>
internal static class Seed
{
    public static int Next() =>
        int.TryParse(Environment.GetEnvironmentVariable("TRIBUTARY_SEED"), out var seed) ? seed : Random.Shared.Next();
}
