namespace Tributary.Plugins;

/// <summary>The form of a <see cref="PluginRecord"/> between processes.</summary>
[GenerateSerializer, Alias("tributary.plugin-record")]
internal struct PluginRecordOnWire
{
    [Id(0)]
    public byte[] Json;

    [Id(1)]
    public string Key;
}

/// <inheritdoc cref="PluginRecordOnWire"/>
[RegisterConverter]
internal sealed class PluginRecordConverter : IConverter<PluginRecord, PluginRecordOnWire>
{
    public PluginRecord ConvertFromSurrogate(in PluginRecordOnWire surrogate) => new(surrogate.Json, surrogate.Key);

    public PluginRecordOnWire ConvertToSurrogate(in PluginRecord value) => new()
    {
        Json = value.Json.ToArray(),
        Key = value.Key,
    };
}
