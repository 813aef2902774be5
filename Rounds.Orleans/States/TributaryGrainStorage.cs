using System.Globalization;
using System.Text.Json;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using Tributary.Storage;
using Tributary.Storage.GrainStates;

namespace Tributary.Rounds.Orleans.States;

/// <summary>
/// Orleans' grain storage on Tributary's database. The ETag of a state is the version that its last writer made.
/// </summary>
/// <param name="newVersion">Makes versions.</param>
internal sealed class TributaryGrainStorage(
    GrainStorageOptions options, GrainStateBatches batches, DoubtfulWrites doubts, Serializer serializer,
    IActivatorProvider activators, Func<Guid> newVersion) : IGrainStorage
{
    private const string ETagFormat = "N";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = KeyOf(stateName, grainId);
        if (await batches.ReadAsync(key) is not { } stored)
        {
            Reset(grainState);
            return;
        }

        grainState.State = Read<T>(key, stored);
        grainState.ETag = stored.Version.ToString(ETagFormat, CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = KeyOf(stateName, grainId);
        var bytes = options.Format == GrainStateFormat.Json
            ? JsonSerializer.SerializeToUtf8Bytes(grainState.State, options.Json)
            : serializer.SerializeToArray(grainState.State);
        if (bytes.Length > options.MaxStateBytes)
        {
            throw new TributaryException(
                "grain_state_too_large",
                $"Found a state \"{stateName}\" of {grainId} of {bytes.Length} bytes; allowed: at most "
                + $"{options.MaxStateBytes}.");
        }

        var version = await WriteAsync(key, grainState.ETag, bytes);
        grainState.ETag = version.ToString(ETagFormat, CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await WriteAsync(KeyOf(stateName, grainId), grainState.ETag, state: null);
        Reset(grainState);
    }

    private async Task<Guid> WriteAsync(GrainStateKey key, string? etag, byte[]? state)
    {
        var write = new GrainStateWrite(
            key, VersionOf(key, etag), newVersion(), options.Format,
            state is null ? (ReadOnlyMemory<byte>?)null : state);
        var outcome = await TryAsync(write);
        if (!outcome.IsWritten && doubts.Explains(write, outcome.Stored))
            outcome = await TryAsync(write with { Expected = outcome.Stored });
        return outcome.IsWritten
            ? write.Version
            : throw new InconsistentStateException(
                $"The state \"{key.Name}\" of {key.Grain} was changed by another activation; allowed: a write of the "
                + "version that is stored. Orleans ends this activation, and the next one reads that version.",
                outcome.Stored?.ToString(ETagFormat, CultureInfo.InvariantCulture), etag);
    }

    private async Task<GrainStateOutcome> TryAsync(GrainStateWrite write)
    {
        try
        {
            return await batches.WriteAsync(write);
        }
        catch (StoreException)
        {
            doubts.Add(write);
            throw;
        }
    }

    private T Read<T>(GrainStateKey key, StoredGrainState stored)
    {
        try
        {
            return stored.Format switch
            {
                GrainStateFormat.Orleans => serializer.Deserialize<T>(stored.State)!,
                GrainStateFormat.Json => JsonSerializer.Deserialize<T>(stored.State.Span, options.Json)!,
                _ => throw new NotSupportedException($"The format {(int)stored.Format} is not known to this build."),
            };
        }
        catch (Exception error)
        {
            throw new TributaryException(
                "grain_state_unreadable",
                $"Found a state \"{key.Name}\" of {key.Grain} in the format {stored.Format} that is no {typeof(T)}: "
                + $"{error.Message} It stays as it is; allowed: a type that reads it.",
                error);
        }
    }

    private void Reset<T>(IGrainState<T> state)
    {
        state.State = activators.GetActivator<T>().Create();
        state.ETag = null;
        state.RecordExists = false;
    }

    private static GrainStateKey KeyOf(string stateName, GrainId grainId)
    {
        var grain = grainId.ToString();
        return grain.Contains('\0') || stateName.Contains('\0')
            ? throw new TributaryException(
                "grain_state_unnamed",
                $"Found U+0000 in the state \"{stateName}\" of {grain}; allowed: keys and names without it.")
            : new GrainStateKey(grain, stateName);
    }

    private static Guid? VersionOf(GrainStateKey key, string? etag) =>
        string.IsNullOrEmpty(etag) ? null
        : Guid.TryParseExact(etag, ETagFormat, out var version) ? version
        : throw new ArgumentException(
            $"Found the ETag \"{etag}\" for the state \"{key.Name}\" of {key.Grain}; allowed: one that this storage "
            + "gave.",
            nameof(etag));
}
