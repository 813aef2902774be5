using Tributary.Connectors.Configuration;

namespace Tributary.Connectors;

/// <summary>
/// Makes connectors of one type. Every public implementation with a parameterless constructor in a connector library is
/// found by its <see cref="Type"/>.
/// </summary>
public interface IConnectorFactory
{
    /// <summary>The <c>type</c> that the configuration names.</summary>
    string Type { get; }
}

/// <inheritdoc/>
public interface IBrokerFactory : IConnectorFactory
{
    /// <summary>
    /// Reads the configuration, reports every error in it to <paramref name="config"/>, and connects to nothing. Null
    /// when there was an error.
    /// </summary>
    IBroker? Create(ConfigField config, ConnectorServices services);
}

/// <inheritdoc/>
public interface IContentStoreFactory : IConnectorFactory
{
    /// <inheritdoc cref="IBrokerFactory.Create"/>
    IContentStore? Create(ConfigField config, ConnectorServices services);
}

/// <inheritdoc/>
public interface IMetadataStoreFactory : IConnectorFactory
{
    /// <inheritdoc cref="IBrokerFactory.Create"/>
    IMetadataStore? Create(ConfigField config, ConnectorServices services);
}

/// <summary>What connectors get from the process that hosts them.</summary>
/// <param name="Time">The clock, also for delays.</param>
/// <param name="Warn">Says something to the operator: one line without secrets.</param>
/// <param name="BaseFolder">The folder that relative paths of the configuration start from.</param>
public sealed record ConnectorServices(TimeProvider Time, Action<string> Warn, string BaseFolder);
