using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tributary.Storage.Rounds;

namespace Tributary.Pipeline.Reading;

/// <summary>Reads states from the database, past the engine.</summary>
public static class StoredState
{
    /// <exception cref="TributaryException"><c>state_unreadable</c>: a build that can read it answers.</exception>
    public static TState Read<TState>(RoundGrainId grain, in LoadedState stored, JsonTypeInfo<TState> json) where TState
        : class
    {
        try
        {
            return JsonSerializer.Deserialize(stored.State.Span, json)
                ?? throw new JsonException("A stored state is null.");
        }
        catch (Exception error)
        {
            throw new TributaryException(
                "state_unreadable",
                $"The stored state of {grain} (version {stored.Version}) cannot be read by this build: {error.Message}",
                error);
        }
    }
}
